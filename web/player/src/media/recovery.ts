export type Trouble = "network" | "media" | "other";
export type Step = {
  step: "reload" | "recover-media" | "rebuild";
  /** Milliseconds to wait before it. */
  delay: number;
};

const LONGEST = 30_000;

/**
 * What to do about a fatal error, from the mild to the thorough, without ever giving up: load again, then rebuild the
 * player. The waits double up to half a minute and are spread, since an audience meets the same trouble at once.
 */
export class Recovery {
  private attempts = 0;

  constructor(private readonly random: () => number) {}

  next(trouble: Trouble): Step {
    const attempt = this.attempts++;
    if (trouble === "media" && attempt < 2)
      return { step: "recover-media", delay: attempt === 0 ? 0 : 1_000 };
    const delay = Math.min(1_000 * 2 ** attempt, LONGEST) * (0.5 + this.random());
    return { step: trouble === "network" && attempt < 2 ? "reload" : "rebuild", delay };
  }

  /** Playback has gone on for a while: the next trouble is a new one. */
  settled(): void {
    this.attempts = 0;
  }
}
