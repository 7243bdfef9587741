import { isOnAir, type PlayerJson, type ReportSettings } from "../stream/player-json";

/** What a viewer is to do about reports just now. */
export type Choice =
  /** `first`: it is its decision, so that it also tells of the time before. */
  { report: true; settings: ReportSettings; first: boolean } | { report: false };

/**
 * Whether this viewer is one of the few who report. It draws a number once, decides some minutes after it came, and from then
 * on follows the share in player.json: it reports while its number is below. So about as many report as are wanted,
 * whatever the audience, and those who look in for a minute never do.
 */
export class Sampling {
  private readonly drawn: number;
  private readonly spread: number;
  private joined: number | undefined;
  private decided = false;

  constructor(random: () => number) {
    this.drawn = random();
    this.spread = random();
  }

  /** True once it watches what is on air. */
  get hasJoined(): boolean {
    return this.joined !== undefined;
  }

  /** Seconds since it joined. */
  session(now: number): number {
    return this.joined === undefined ? 0 : now - this.joined;
  }

  /** At each look at player.json; `now` in seconds. */
  look(player: PlayerJson | undefined, now: number): Choice {
    const settings = player?.reports;
    if (!isOnAir(player) || settings === undefined) return { report: false };
    this.joined ??= now;
    if (now - this.joined < settings.after * (1 + (2 / 3) * this.spread)) return { report: false };
    const first = !this.decided;
    this.decided = true;
    return this.drawn < settings.share ? { report: true, settings, first } : { report: false };
  }
}
