import type { Fragment } from "hls.js";

type Dated = Pick<Fragment, "start" | "duration" | "programDateTime">;

/**
 * The position in a playlist at a date, in seconds; undefined when the playlist begins after it or has no dates. A date
 * between two segments (a jump at a discontinuity), or behind the last one, is the end of the one before it.
 */
export function positionAt(fragments: readonly Dated[], date: Date): number | undefined {
  let found: number | undefined;
  for (const { start, duration, programDateTime } of fragments) {
    if (programDateTime === null) continue;
    const into = (date.getTime() - programDateTime) / 1_000;
    if (into < 0) break;
    found = start + Math.min(into, duration);
  }
  return found;
}
