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
 *
 * A longer delay than usual is asked for by viewers whose lines have holes: what it has more belongs into the buffer, so that
 * also those with no peers have it. How long a segment may come from peers stays as it is.
 */
export function timeWindows(segmentDuration: number, liveDelay: number): TimeWindows {
  const usual = Math.min(liveDelay, usualDelay(segmentDuration));
  const high = Math.min(Math.max(usual / 3, segmentDuration), 1.5 * segmentDuration) + (liveDelay - usual);
  return {
    highDemandTimeWindow: high,
    // Everything up to the live edge may be seeded from the edge: the loader draws lots on who fetches what nobody has.
    httpDownloadTimeWindow: liveDelay + 2 * segmentDuration,
    p2pDownloadTimeWindow: 2 * liveDelay + 4 * segmentDuration,
  };
}

/** What the server says when nothing else asks for more or less: `WindowBounds.DefaultDelay`. */
function usualDelay(segmentDuration: number): number {
  return Math.max(3 * segmentDuration, 6);
}
