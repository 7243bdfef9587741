/** What a peer did wrong. */
export type Fault =
  /** A whole segment whose SHA-256 is not the one in its URL. */
  | "wrong-bytes"
  /** Began a segment, or promised one, and sent nothing more for a while. */
  | "stalled"
  /** Sent so slowly that nobody could play from it, until the segment had to be fetched elsewhere. */
  | "slow";

const WRONG_BYTES_TO_BAN = 2;
const DELAYS_TO_BAN = 3;
const DELAY_BAN_MS = 5 * 60_000;

type Record_ = { wrongBytes: number; delays: number; bannedUntil: number };

/**
 * Whom not to take segments from. One failure says little (a peer may be leaving, a phone may lose its network), so a
 * peer is shut out only after repeated ones: for good after wrong bytes, for five minutes after stalls and slowness.
 */
export class Blame {
  private readonly peers = new Map<string, Record_>();

  constructor(private readonly now: () => number) {}

  /** Notes a fault; true when the peer is banned by it. */
  fault(peerId: string, fault: Fault): boolean {
    const record = this.recordOf(peerId);
    if (fault === "wrong-bytes") record.wrongBytes++;
    else record.delays++;
    if (record.wrongBytes >= WRONG_BYTES_TO_BAN) record.bannedUntil = Number.POSITIVE_INFINITY;
    else if (record.delays >= DELAYS_TO_BAN) {
      record.bannedUntil = this.now() + DELAY_BAN_MS;
      record.delays = 0;
    }
    return this.isBanned(peerId);
  }

  /** Notes a good segment. It makes up for one delay, never for wrong bytes: those are no accident. */
  delivered(peerId: string): void {
    const record = this.peers.get(peerId);
    if (record !== undefined && record.delays > 0) record.delays--;
  }

  isBanned(peerId: string): boolean {
    const record = this.peers.get(peerId);
    return record !== undefined && this.now() < record.bannedUntil;
  }

  /** True while a fault is not made up for: what such a peer says that it has is no reason to wait. */
  isSuspect(peerId: string): boolean {
    const record = this.peers.get(peerId);
    return record !== undefined && (record.wrongBytes > 0 || record.delays > 0 || this.isBanned(peerId));
  }

  private recordOf(peerId: string): Record_ {
    let record = this.peers.get(peerId);
    if (record === undefined) {
      record = { wrongBytes: 0, delays: 0, bannedUntil: 0 };
      this.peers.set(peerId, record);
    }
    return record;
  }
}

/** A part of a segment that a peer has sent, and how long that took (ms). */
export type Progress = { bytes: number; time: number };

/**
 * Whether a download that was broken off shows that the peer cannot keep up: it had half a segment's time, and sent more
 * slowly than the stream runs. One that was begun late shows nothing.
 * @param bytesPerSecond Of the stream.
 * @param segmentDuration Seconds.
 */
export function isTooSlow(
  { bytes, time }: Progress,
  bytesPerSecond: number,
  segmentDuration: number,
): boolean {
  return time >= 500 * segmentDuration && bytes < (bytesPerSecond * time) / 1_000;
}
