/** Connections with which nobody looks for more by itself. The tracker aims at more, and brings newcomers. */
const ENOUGH = 3;
/** Milliseconds until the tracker is asked, beyond what it asks for itself. Doubles up to the longest. */
const ALONE = { first: 20_000, longest: 300_000 };
/** The same while it has not let this viewer in. */
const REFUSED = { first: 3_000, longest: 60_000 };

/**
 * When a viewer with hardly a connection asks the tracker for more.
 *
 * The tracker sees offers and answers, not whether a connection came about. Behind a router that lets few of them through, a viewer
 * looks well connected to it, is told to come back in a quarter of an hour, and has nobody. Only the viewer knows. Where it never
 * succeeds it asks ever more seldom: each time costs 10 KB.
 *
 * Whoever is refused asks again soon: a tracker that stands alone learns of a new broadcast some seconds after its first viewers.
 */
export class PartnerSearch {
  private readonly alone: Pauses;
  private readonly refused: Pauses;

  constructor(random: () => number) {
    this.alone = new Pauses(ALONE, random);
    this.refused = new Pauses(REFUSED, random);
  }

  /**
   * Whether to announce now. To be called about once a second.
   * @param now Milliseconds, never going back.
   * @param connections To peers of the swarm on screen.
   * @param members Of that swarm, with this viewer, as the tracker said last; "refused": it has not let this viewer in.
   */
  due(now: number, connections: number, members: number | "refused"): boolean {
    if (members === "refused") return this.refused.due(now);
    this.refused.end();
    if (connections < Math.min(ENOUGH, members - 1)) return this.alone.due(now);
    this.alone.end();
    return false;
  }
}

/** Moments ever further apart, each shifted by up to a quarter, so that not all come at once. */
class Pauses {
  private next: number | undefined;
  private pause: number;

  constructor(
    private readonly lengths: { first: number; longest: number },
    private readonly random: () => number,
  ) {
    this.pause = lengths.first;
  }

  /** Whether one has come; the first call begins the first pause. */
  due(now: number): boolean {
    this.next ??= now + this.pause * (0.75 + 0.5 * this.random());
    if (now < this.next) return false;
    this.next = undefined;
    this.pause = Math.min(2 * this.pause, this.lengths.longest);
    return true;
  }

  end(): void {
    this.next = undefined;
    this.pause = this.lengths.first;
  }
}
