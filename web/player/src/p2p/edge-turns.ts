/** What the peers that one is connected to say of a segment. */
export type Holding = "nobody" | "fetching" | "held";

/** A segment that is wanted, is not here and is not urgent yet. */
export type Wanted = { number: number; holding: Holding };

/** Milliseconds that decide whose turn it is. */
export type Turns = {
  /** From one place in the row to the next: longer than a peer takes to say that it has begun. */
  step: number;
  /** How long a peer may say that it is fetching a segment before others stop relying on it. */
  patience: number;
  /** After the first peer has come: what the others hold is not known yet, nor who they are. */
  settling: number;
};

/**
 * By the distances of a stream: all places of a small swarm lie between the moment a segment is listed and the one at
 * which it becomes urgent, so that the next in the row takes over in time from one that has died or lies.
 */
export function turnsFor(segmentDuration: number, liveDelay: number, highDemandTimeWindow: number): Turns {
  const spare = Math.max(liveDelay - segmentDuration - highDemandTimeWindow, 0);
  return {
    step: 1_000 * Math.min(Math.max(spare / 8, 0.15), 0.4),
    patience: 1_000 * Math.min(Math.max(spare / 3, 0.5), 2),
    settling: 2_000,
  };
}

/**
 * Who fetches from the edge what nobody has yet.
 *
 * For every segment the viewers stand in a row, by a hash of its number and their peer ids: each works out its own place
 * among the peers it knows, and all come to the same row without a word. The first fetches at once, the second after a
 * step, and so on, as long as nobody says that it has the segment or has begun to fetch it. So one copy leaves the edge
 * for each circle of viewers who know each other, and the turn goes round.
 *
 * Nobody's playback hangs on it: what becomes urgent (the high demand window) is fetched without asking whose turn it is.
 */
export class EdgeTurns {
  /** By segment: since when nobody has had it, and since when somebody has said that it is fetching it. */
  private waiting = new Map<number, { since: number; fetchedSince: number | undefined }>();
  private settledAt: number | undefined;

  constructor(private turns: Turns) {}

  /** The stream's distances have changed. Who waits for what goes on. */
  follow(turns: Turns): void {
    this.turns = turns;
  }

  /**
   * The segments to fetch from the edge now. To be asked a few times a second.
   * @param now Milliseconds, monotonic.
   * @param own This viewer's peer id.
   * @param peers The ids of those it is connected to.
   */
  due(now: number, own: string, peers: readonly string[], wanted: readonly Wanted[]): number[] {
    if (peers.length === 0) {
      // Alone there is nobody to fetch for, and what is needed becomes urgent in time.
      this.waiting.clear();
      this.settledAt = undefined;
      return [];
    }
    this.settledAt ??= now + this.turns.settling;
    const waiting: typeof this.waiting = new Map();
    const due: number[] = [];
    for (const { number, holding } of wanted) {
      const known = this.waiting.get(number) ?? { since: now, fetchedSince: undefined };
      waiting.set(number, known);
      if (holding === "held") {
        // Should all who had it leave, the row begins anew.
        known.since = now;
        known.fetchedSince = undefined;
        continue;
      }
      let since = Math.max(known.since, this.settledAt);
      if (holding === "fetching") {
        known.fetchedSince ??= now;
        since = Math.max(since, known.fetchedSince + this.turns.patience);
      } else if (known.fetchedSince !== undefined) {
        // Whoever was fetching it has failed or left.
        known.since = now;
        known.fetchedSince = undefined;
        since = now;
      }
      if (now >= since + this.turns.step * placeOf(number, own, peers)) due.push(number);
    }
    this.waiting = waiting;
    return due;
  }
}

/** How many of the peers stand before this viewer in the row for a segment. */
export function placeOf(number: number, own: string, peers: readonly string[]): number {
  const mine = draw(number, own);
  let before = 0;
  for (const peer of peers) {
    const theirs = draw(number, peer);
    if (theirs < mine || (theirs === mine && peer < own)) before++;
  }
  return before;
}

/** The same number for the same segment and peer everywhere: FNV-1a, with MurmurHash3's last steps to spread it. */
function draw(number: number, peer: string): number {
  let hash = 0x811c9dc5;
  const text = `${number}/${peer}`;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
