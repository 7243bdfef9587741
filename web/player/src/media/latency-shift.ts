/** How much slower or faster than life the picture goes while all viewers move to another live delay. */
const DRIFT = 0.05;
/** How much faster it goes for one viewer who is too far behind: that one has time, and music may be on. Browsers keep the pitch. */
const OWN_DRIFT = 0.03;
/** Seconds by which it may miss: less than the live edge's own jitter. */
const NEAR = 0.2;
/** Seconds behind the live delay from which on it is worth making up for them, and up to where; where the delay follows stalls they are part of a reserve. */
const TOO_LATE = 1;
const TOO_LATE_WITH_RESERVE = 1.5;
const MADE_UP = 0.5;
/** Milliseconds without a stall before what stalls have cost is made up for. */
const SETTLED = 120_000;
/** Milliseconds after the begin before what the start, or a pause, has cost is made up for: the peers must be there. */
const BEGUN = 20_000;

/**
 * Moves a viewer to another distance from the live edge while it watches. Standing still would be a stall, and jumping would
 * skip what it wants to see: it plays a twentieth slower or faster until it is there. All viewers do so at the same time, and
 * so go on needing the same segments. Who is further behind than all are meant to be, by a slow start, a pause or stalls, makes up for it more
 * gently, never beyond the live delay, and only with more than a segment in the buffer.
 */
export class LatencyShift {
  /** Seconds behind the live edge at which it is done; undefined: nothing to do. */
  private goal: number | undefined;
  /** It moves for itself, not with all others. */
  private alone = false;
  private isFaster = false;
  private stalledAt: number | undefined;
  private reached: number;

  /**
   * @param delay Seconds behind the live edge at which all viewers are to play.
   * @param begun Milliseconds, monotonic.
   */
  constructor(
    private delay: number,
    private readonly begun: number,
  ) {
    this.reached = delay;
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
    const from = this.alone ? latency : (this.goal ?? latency);
    this.alone = this.isFaster = false;
    this.goal =
      change > 0
        ? Math.max(from, Math.min(delay, from + change))
        : Math.max(Math.min(from, delay), from + change);
  }

  /** Whoever has just stalled has nothing to give away. */
  stalled(now: number, latency: number | null): void {
    this.stalledAt = now;
    if (this.goal !== undefined && latency !== null && latency > this.goal) this.arrive();
  }

  /** It has jumped, or the viewer has chosen another place. */
  arrive(): void {
    this.goal = undefined;
    this.alone = this.isFaster = false;
    this.reached = this.delay;
  }

  /**
   * The speed of the picture.
   * @param buffered Seconds of media ahead.
   * @param segment Seconds that a segment has.
   * @param adaptive The live delay follows the viewers, who were simulated with twice the speed after two calm minutes.
   */
  rate(now: number, latency: number, buffered: number, segment: number, adaptive: boolean): number {
    const tooLate = this.delay + (adaptive ? TOO_LATE_WITH_RESERVE : TOO_LATE);
    if (this.goal === undefined && latency > tooLate && this.isCalm(now, adaptive)) {
      this.goal = this.delay + MADE_UP;
      this.alone = !adaptive;
    }
    if (this.goal === undefined) return 1;
    const missing = this.goal - latency;
    // Whoever was behind for itself has no goal to come back to.
    if (Math.abs(missing) < NEAR || (this.alone && missing > 0)) {
      this.arrive();
      return 1;
    }
    if (missing > 0) return 1 - DRIFT;
    if (!this.alone) return buffered > segment + 1 ? 1 + DRIFT : 1;
    // Two limits, so that the speed does not change with each segment that comes.
    this.isFaster = buffered > (this.isFaster ? segment : segment + 1);
    return this.isFaster ? 1 + OWN_DRIFT : 1;
  }

  private isCalm(now: number, adaptive: boolean): boolean {
    if (now - (this.stalledAt ?? Number.NEGATIVE_INFINITY) <= SETTLED) return false;
    return now - this.begun > (adaptive ? SETTLED : BEGUN);
  }
}
