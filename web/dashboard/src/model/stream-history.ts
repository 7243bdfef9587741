import type { StreamPicture } from "../api/types";
import { History, Rate } from "./history";

/** Of one stream, since the page was opened. */
export class StreamHistory {
  readonly viewers = new History(1);
  /** Bits per second: peers, edge, this server. */
  readonly ways = new History(3);
  /** Seconds: how long the last upload took, and how long segments are. */
  readonly uploads = new History(2);
  readonly #rates = [new Rate(), new Rate(), new Rate()] as const;
  #broadcast: string | null = null;

  /** @param time Seconds since 1970. */
  add(time: number, stream: StreamPicture): void {
    if (stream.broadcast !== this.#broadcast) {
      this.#broadcast = stream.broadcast;
      for (const rate of this.#rates) rate.reset();
    }
    const { ways, uploads, source, viewers } = stream;
    const bytes = [ways.fromPeers?.value, edgeBytes(stream), ways.fromOrigin];
    const rates = bytes.map((value, way) => this.#rates[way as 0 | 1 | 2].next(time, value));
    this.ways.add(
      time,
      rates.map((rate) => (rate === null ? null : rate * 8)),
    );
    this.viewers.add(time, [viewers.now?.value ?? viewers.atTracker]);
    const isOnAir = stream.onAirSince !== null;
    this.uploads.add(time, [
      isOnAir && uploads.lastMs !== null ? uploads.lastMs / 1000 : null,
      isOnAir ? source.segmentDuration : null,
    ]);
  }

  breakAt(time: number): void {
    for (const history of [this.viewers, this.ways, this.uploads]) history.breakAt(time);
    for (const rate of this.#rates) rate.reset();
  }
}

/** The edge's own count is better than an estimate. */
export const edgeBytes = ({ ways }: StreamPicture): number | null =>
  ways.edgeCounted?.bytes ?? ways.fromEdge?.value ?? null;
