export type Trouble = "network" | "media" | "other";
export type Step = {
  step: "reload" | "recover-media" | "rebuild";
  /** Milliseconds to wait before it. */
  delay: number;
};

const LONGEST = 30_000;
/**
 * So many times what could not be loaded is asked for again after half a second: with hls.js's own retries, a second apart, this is about as often
 * as while all is well, and lasts half a minute. Whoever waits longer and longer from the start stands still for seconds after a short outage is over.
 */
const PATIENT = 10;

/**
 * What to do about a fatal error, from the mild to the thorough, without ever giving up: load again, then rebuild the
 * player; the decoder is set up anew once, at once, before that. The waits double up to half a minute (those for the network only once it has been
 * away for about as long) and are spread, since an audience meets the same trouble at once.
 */
export class Recovery {
  private attempts = 0;
  private reloads = 0;
  private doublings = 0;

  constructor(private readonly random: () => number) {}

  /** Failures in a row. */
  get failures(): number {
    return this.attempts;
  }

  next(trouble: Trouble): Step {
    const attempt = this.attempts++;
    if (trouble === "media" && attempt === 0) return { step: "recover-media", delay: 0 };
    if (trouble === "network" && this.reloads < PATIENT) {
      this.reloads++;
      return { step: "reload", delay: 500 * (0.5 + this.random()) };
    }
    const wait = Math.min(1_000 * 2 ** this.doublings++, LONGEST);
    return { step: "rebuild", delay: wait * (0.5 + this.random()) };
  }

  /** Playback has gone on for a while: the next trouble is a new one. */
  settled(): void {
    this.attempts = this.reloads = this.doublings = 0;
  }
}
