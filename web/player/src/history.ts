import type { Figures } from "./figures";
import { secondsAhead } from "./media/seconds-ahead";

/** Seconds between two entries. */
export const STEP_SECONDS = 5;
/** Three minutes of them. */
const KEPT = 36;

/** What happened in one step; bytes, interruptions and dropped pictures are those of the step, the rest is as it was at its end. */
export type Step = {
  fromPeers: number;
  fromEdge: number;
  peers: number;
  /** Seconds. */
  buffer: number;
  /** Seconds; null where it is not known. */
  latency: number | null;
  stalls: number;
  dropped: number;
};

type Picture = Pick<HTMLVideoElement, "buffered" | "currentTime"> & {
  getVideoPlaybackQuality(): { droppedVideoFrames: number };
};
type Counted = Pick<Figures, "bytesFromPeers" | "bytesFromEdge" | "stalls" | "peers" | "latency">;

/** The last minutes of a viewer's playback, for the panel. */
export class History {
  readonly steps: Step[] = [];
  private before = { peers: 0, edge: 0, stalls: 0, dropped: 0 };

  constructor(private readonly figures: Counted) {}

  /** To be called each {@link STEP_SECONDS}. */
  take(video: Picture): void {
    const { figures, before } = this;
    const dropped = video.getVideoPlaybackQuality().droppedVideoFrames;
    this.steps.push({
      fromPeers: figures.bytesFromPeers - before.peers,
      fromEdge: figures.bytesFromEdge - before.edge,
      peers: figures.peers.size,
      buffer: secondsAhead(video),
      latency: figures.latency,
      stalls: figures.stalls - before.stalls,
      // The browser counts from 0 again with each new media.
      dropped: dropped < before.dropped ? dropped : dropped - before.dropped,
    });
    if (this.steps.length > KEPT) this.steps.shift();
    this.before = {
      peers: figures.bytesFromPeers,
      edge: figures.bytesFromEdge,
      stalls: figures.stalls,
      dropped,
    };
  }

  /** The full length, the newest last; undefined where nothing has been seen yet. */
  get slots(): readonly (Step | undefined)[] {
    return [...Array<undefined>(KEPT - this.steps.length).fill(undefined), ...this.steps];
  }
}
