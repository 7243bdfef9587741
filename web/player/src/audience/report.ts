import type { Figures } from "../figures";

/** What counts on in the figures. */
export type Counts = {
  played: number;
  fromPeers: number;
  fromEdge: number;
  toPeers: number;
  stalls: number;
  stalled: number;
  rejected: number;
  banned: number;
};

/** What the server reads: see docs/audience.md. Counts are those since the last report. */
export type Report = Counts & {
  v: 1;
  share: number;
  session: number;
  seconds: number;
  startUp: number | null;
  latency: number | null;
  rendition: string;
  peers: number;
  p2p: boolean;
};

export function countsOf(figures: Figures): Counts {
  return {
    played: figures.playedSeconds,
    fromPeers: figures.bytesFromPeers,
    fromEdge: figures.bytesFromEdge,
    toPeers: figures.bytesToPeers,
    stalls: figures.stalls,
    stalled: figures.stalledSeconds,
    rejected: figures.p2pRejectedCount,
    banned: figures.peersBanned,
  };
}

/** What has come since; milliseconds are enough for times. */
export function since(before: Counts, now: Counts): Counts {
  const entries = Object.entries(now).map(([name, value]) => [
    name,
    tidy(value - before[name as keyof Counts]),
  ]);
  return Object.fromEntries(entries) as Counts;
}

export function tidy(value: number): number {
  return Math.max(Math.round(1_000 * value) / 1_000, 0);
}
