/** How much slower or faster than life the picture goes while it moves: nobody sees or hears it. */
const DRIFT = 0.05;
/** Seconds by which it may miss: less than the live edge's own jitter. */
const NEAR = 0.2;
/** Seconds behind the live delay from which on it is worth making up for them, and up to where. */
const TOO_LATE = 1.5;
const MADE_UP = 0.5;
/** Milliseconds without a stall before what stalls have cost is made up for. */
const SETTLED = 120_000;

/**
 * Moves a viewer to another distance from the live edge while it watches. Standing still would be a stall, and jumping would
 * skip what it wants to see: it plays a twentieth slower or faster until it is there. All viewers do so at the same time, and
 * so go on needing the same segments.
 */
export class LatencyShift {
  /** Seconds behind the live edge at which it is done; undefined: nothing to do. */
  private goal: number | undefined;
  private calmSince: number;
  private reached: number;

  /**
   * @param delay Seconds behind the live edge at which all viewers are to play.
   * @param now Milliseconds, monotonic.
   */
  constructor(
    private delay: number,
    now: number,
  ) {
    this.reached = delay;
    this.calmSince = now;
  }

  /** Not more than this may be asked of the viewer at once: while it moves further back, where it came from. */
  get settledDelay(): number {
    return Math.min(this.reached, this.delay);
  }

  /** The live delay is another one. Who is further behind already stays, and who is to come nearer does so by as much as the delay. */
  follow(delay: number, latency: number | null): void {
    const change = delay - this.delay;
    if (change === 0) return;
    this.delay = delay;
    if (latency === null) {
      this.arrive();
      return;
    }
    const from = this.goal ?? latency;
    this.goal =
      change > 0
        ? Math.max(from, Math.min(delay, from + change))
        : Math.max(Math.min(from, delay), from + change);
  }

  /** Whoever has just stalled has nothing to give away. */
  stalled(now: number, latency: number | null): void {
    this.calmSince = now;
    if (this.goal !== undefined && latency !== null && latency > this.goal) this.arrive();
  }

  /** It has jumped, or the viewer has chosen another place. */
  arrive(): void {
    this.goal = undefined;
    this.reached = this.delay;
  }

  /**
   * The speed of the picture.
   * @param buffered Seconds of media ahead.
   * @param reserve Seconds below which nothing is given away.
   * @param catchUp What stalls have cost is made up for.
   */
  rate(now: number, latency: number, buffered: number, reserve: number, catchUp: boolean): number {
    if (
      this.goal === undefined &&
      catchUp &&
      now - this.calmSince > SETTLED &&
      latency > this.delay + TOO_LATE
    )
      this.goal = this.delay + MADE_UP;
    if (this.goal === undefined) return 1;
    const missing = this.goal - latency;
    if (Math.abs(missing) < NEAR) {
      this.arrive();
      return 1;
    }
    if (missing > 0) return 1 - DRIFT;
    return buffered > reserve ? 1 + DRIFT : 1;
  }
}
