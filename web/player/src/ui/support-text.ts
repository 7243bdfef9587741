import type { Figures } from "../figures";
import { secondsAhead } from "../media/seconds-ahead";
import { formatBytes, formatLatency, formatShare } from "./words";

/** What of a video element is told. */
type Picture = Pick<HTMLVideoElement, "currentTime" | "videoWidth" | "videoHeight" | "buffered" | "muted"> & {
  getVideoPlaybackQuality(): { droppedVideoFrames: number; totalVideoFrames: number };
};

export type Line = { name: string; value: string };

/** The figures beyond those of the bytes, for the panel and for support. */
export function playbackLines(figures: Figures, video: Picture): Line[] {
  const { droppedVideoFrames: dropped, totalVideoFrames: all } = video.getVideoPlaybackQuality();
  const stalled = figures.stalledSeconds;
  return [
    { name: "Behind live", value: formatLatency(figures.latency) },
    { name: "In the buffer", value: formatLatency(secondsAhead(video)) },
    { name: "First picture after", value: formatLatency(figures.startUp) },
    { name: "Rendition", value: figures.rendition || "–" },
    { name: "Picture", value: video.videoWidth > 0 ? `${video.videoWidth} × ${video.videoHeight}` : "–" },
    { name: "Dropped pictures", value: all > 0 ? `${dropped} of ${all}` : "–" },
    {
      name: "Interruptions",
      value: figures.stalls > 0 ? `${figures.stalls}, ${stalled.toFixed(1)} s` : "0",
    },
    { name: "State", value: figures.state },
  ];
}

/** The hosts that segments of the edge came from, with the bytes of each; the most first. */
export function edgeHosts(figures: Figures): Line[] {
  return [...figures.bytesByHost]
    .sort(([, one], [, other]) => other - one)
    .map(([name, bytes]) => ({ name, value: formatBytes(bytes) }));
}

/** Everything as text, to be pasted into a message to whoever helps. It names no other viewer. */
export function supportText(
  figures: Figures,
  video: Picture,
  page: string,
  browser: string,
  now: Date,
): string {
  const lines: Line[] = [
    { name: "Page", value: page },
    { name: "Time", value: now.toISOString() },
    { name: "Browser", value: browser },
    { name: "Broadcast", value: figures.broadcast || "–" },
    { name: "From other viewers", value: formatBytes(figures.bytesFromPeers) },
    { name: "From the server", value: formatBytes(figures.bytesFromEdge) },
    ...edgeHosts(figures).map(({ name, value }) => ({ name: `From ${name}`, value })),
    { name: "Share from viewers", value: formatShare(figures.bytesFromPeers, figures.bytesFromEdge) },
    { name: "Passed on to viewers", value: formatBytes(figures.bytesToPeers) },
    { name: "Viewers connected", value: String(figures.peers.size) },
    { name: "Can share", value: figures.canShare ? (figures.uploads ? "yes" : "only takes") : "no" },
    ...playbackLines(figures, video),
    {
      name: "Rejected",
      value: `${figures.p2pRejectedCount} from viewers, ${figures.httpRejectedCount} from the server`,
    },
  ];
  const errors = figures.errors.slice(-10).map(({ at, text }) => `${at} ${text}`);
  return [
    ...lines.map(({ name, value }) => `${name}: ${value}`),
    "Errors:",
    ...(errors.length > 0 ? errors : ["none"]),
  ].join("\n");
}
