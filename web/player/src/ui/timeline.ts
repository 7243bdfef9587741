import type { Dates } from "../media/dates";

/** What a viewer may go to of a broadcast on air, and where it is; milliseconds since 1970. */
export type Timeline = {
  /** The earliest that is kept. */
  begin: number;
  /** What those see who are live. */
  end: number;
  at: number;
};

/** Milliseconds from which on it is worth a bar to seek in. */
const WORTH = 60_000;
/** Milliseconds from the end that are as good as live. */
export const NEAR_LIVE = 5_000;

/**
 * The bar over a broadcast on air, in wall-clock time: what the live playlist lists, and before it what its replay has. Undefined where it is short, or the
 * dates are not known.
 * @param broadcast `20261122T190501Z-7f3a`.
 * @param liveDelay Seconds.
 */
export function timelineOf(
  live: Dates | null,
  hasReplay: boolean,
  broadcast: string,
  liveDelay: number,
  at: number | undefined,
): Timeline | undefined {
  if (live === null || at === undefined) return undefined;
  const end = Math.max(live.end - 1_000 * liveDelay, at);
  const begun = hasReplay ? (begunAt(broadcast) ?? live.begin) : live.begin;
  const begin = Math.min(begun, live.begin, at);
  return end - begin < WORTH ? undefined : { begin, end, at };
}

/** When a broadcast went on air, by its id; milliseconds since 1970. */
export function begunAt(broadcast: string): number | undefined {
  const date = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-/.exec(broadcast);
  if (date === null) return undefined;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = date.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
