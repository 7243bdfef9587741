import type { Fragment } from "hls.js";

type Listed = Pick<Fragment, "end" | "tagList">;

/** Seconds: less than a frame is left of a segment that has been played. */
const PLAYED = 0.1;

/**
 * True when nothing that can be played is listed after a position. The tag is asked for, not `gap`: hls.js marks by that
 * also what it failed to load, and then trying again may help.
 */
export function hasOnlyGaps(fragments: readonly Listed[], position: number): boolean {
  return fragments.every(
    ({ end, tagList }) => end <= position + PLAYED || tagList.some(([name]) => name === "GAP"),
  );
}
