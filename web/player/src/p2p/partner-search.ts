/** Connections with which nobody looks for more by itself. The tracker aims at more, and brings newcomers. */
const ENOUGH = 3;
/** Milliseconds until the tracker is asked, beyond what it asks for itself. Doubles up to the longest. */
const FIRST = 20_000;
const LONGEST = 300_000;

/**
 * When a viewer with hardly a connection asks the tracker for more.
 *
 * The tracker sees offers and answers, not whether a connection came about. Behind a router that lets few of them through, a viewer
 * looks well connected to it, is told to come back in a quarter of an hour, and has nobody. Only the viewer knows. Where it never
 * succeeds it asks ever more seldom: each time costs 10 KB.
 */
export class PartnerSearch {
  private askAt: number | undefined;
  private pause = FIRST;

  constructor(private readonly random: () => number) {}

  /**
   * Whether to announce now. To be called about once a second.
   * @param now Milliseconds, never going back.
   * @param connections To peers of the swarm on screen.
   * @param members Of that swarm, with this viewer, as the tracker said last.
   */
  due(now: number, connections: number, members: number): boolean {
    if (connections >= Math.min(ENOUGH, members - 1)) {
      this.askAt = undefined;
      this.pause = FIRST;
      return false;
    }
    this.askAt ??= now + this.pause * (0.75 + 0.5 * this.random());
    if (now < this.askAt) return false;
    this.askAt = undefined;
    this.pause = Math.min(2 * this.pause, LONGEST);
    return true;
  }
}
