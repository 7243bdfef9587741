/** How far ahead of the playhead, in seconds, a segment is fetched in which way. */
export type TimeWindows = {
  highDemandTimeWindow: number;
  httpDownloadTimeWindow: number;
  p2pDownloadTimeWindow: number;
};

/**
 * A segment inside the high demand window always goes to HTTP, and aborts a running download from a peer. With the
 * loader's default (15 s) the whole of a short live window lies inside, and nothing ever comes from peers: 1 to 1.5
 * segments bring the share near its limit, half a segment stalls. Measured, see README.md.
 */
export function timeWindows(segmentDuration: number, liveDelay: number): TimeWindows {
  const high = Math.min(Math.max(liveDelay / 3, segmentDuration), 1.5 * segmentDuration);
  return {
    highDemandTimeWindow: high,
    // Everything up to the live edge may be seeded from the edge: the loader draws lots on who fetches what nobody has.
    httpDownloadTimeWindow: liveDelay + 2 * segmentDuration,
    p2pDownloadTimeWindow: 2 * liveDelay + 4 * segmentDuration,
  };
}
