/**
 * How many segments are passed on at a time. Whoever has a new segment first is asked for it by all its peers at once;
 * were all served together, an uplink of a few times the stream's rate would bring it to nobody in time. A few at a time,
 * and each of them serves others in turn: so a segment spreads in doublings.
 */
export class UploadSlots {
  private readonly serving = new Map<string, number>();
  private turnedAway = false;

  /**
   * @param count Uploads at a time.
   * @param longest Milliseconds after which an upload counts as over: of a peer that has gone nothing more is heard.
   */
  constructor(
    private readonly count: number,
    private readonly longest: number,
    private readonly now: () => number,
  ) {}

  /** False: not now. A peer that asks again gives up what it was being sent. */
  enter(peerId: string): boolean {
    for (const [peer, since] of this.serving)
      if (this.now() - since >= this.longest) this.serving.delete(peer);
    if (!this.serving.has(peerId) && this.serving.size >= this.count) {
      this.turnedAway = true;
      return false;
    }
    this.serving.set(peerId, this.now());
    return true;
  }

  /** True when others have been turned away meanwhile, and should be told that there is room. */
  leave(peerId: string): boolean {
    this.serving.delete(peerId);
    const tell = this.turnedAway;
    this.turnedAway = false;
    return tell;
  }
}
