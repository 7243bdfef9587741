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

/** Milliseconds since 1970. */
export type Dates = {
  begin: number;
  /** The live edge, or the end of what is listed. */
  end: number;
};

/** @param age Seconds since the playlist was as it is; null when it lists nothing with a date. */
export function datesOf(fragments: readonly Dated[], age: number): Dates | null {
  // A long window has thousands, and the bar asks with each picture of the page.
  const isDated = ({ programDateTime }: Dated) => programDateTime !== null;
  const [first, last] = [fragments.find(isDated), fragments.findLast(isDated)];
  if (first === undefined || last === undefined) return null;
  return {
    begin: Number(first.programDateTime),
    end: Number(last.programDateTime) + 1_000 * (last.duration + age),
  };
}
