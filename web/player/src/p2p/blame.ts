/** What a peer did wrong. */
export type Fault =
  /** A whole segment whose SHA-256 is not the one in its URL. */
  | "wrong-bytes"
  /** Began a segment, or promised one, and sent nothing more for a while. */
  | "stalled";

const WRONG_BYTES_TO_BAN = 2;
const STALLS_TO_BAN = 3;
const STALL_BAN_MS = 5 * 60_000;

type Record_ = { wrongBytes: number; stalls: number; bannedUntil: number };

/**
 * Whom not to take segments from. One failure says little (a peer may be leaving, a phone may lose its network), so a
 * peer is shut out only after repeated ones: for good after wrong bytes, for five minutes after stalls.
 */
export class Blame {
  private readonly peers = new Map<string, Record_>();

  constructor(private readonly now: () => number) {}

  /** Notes a fault; true when the peer is banned by it. */
  fault(peerId: string, fault: Fault): boolean {
    const record = this.recordOf(peerId);
    if (fault === "wrong-bytes") record.wrongBytes++;
    else record.stalls++;
    if (record.wrongBytes >= WRONG_BYTES_TO_BAN) record.bannedUntil = Number.POSITIVE_INFINITY;
    else if (record.stalls >= STALLS_TO_BAN) {
      record.bannedUntil = this.now() + STALL_BAN_MS;
      record.stalls = 0;
    }
    return this.isBanned(peerId);
  }

  /** Notes a good segment. It makes up for one stall, never for wrong bytes: those are no accident. */
  delivered(peerId: string): void {
    const record = this.peers.get(peerId);
    if (record !== undefined && record.stalls > 0) record.stalls--;
  }

  isBanned(peerId: string): boolean {
    const record = this.peers.get(peerId);
    return record !== undefined && this.now() < record.bannedUntil;
  }

  private recordOf(peerId: string): Record_ {
    let record = this.peers.get(peerId);
    if (record === undefined) {
      record = { wrongBytes: 0, stalls: 0, bannedUntil: 0 };
      this.peers.set(peerId, record);
    }
    return record;
  }
}
