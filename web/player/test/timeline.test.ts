import { describe, expect, it } from "vitest";
import { datesOf } from "../src/media/dates";
import { begunAt, timelineOf } from "../src/ui/timeline";
import { formatClock, formatLag, sayLag } from "../src/ui/words";

const BROADCAST = "20261122T190501Z-7f3a";
const BEGUN = Date.UTC(2026, 10, 22, 19, 5, 1);
const seconds = (count: number) => BEGUN + 1_000 * count;

describe("the bar over what is on air", () => {
  it("goes from what the live playlist lists first to where live viewers are", () => {
    const live = { begin: seconds(100), end: seconds(200) };
    expect(timelineOf(live, false, BROADCAST, 8, seconds(150))).toEqual({
      begin: seconds(100),
      end: seconds(192),
      at: seconds(150),
    });
  });

  it("begins with the broadcast where its replay is kept", () => {
    const live = { begin: seconds(100), end: seconds(130) };
    expect(timelineOf(live, true, BROADCAST, 8, seconds(122))?.begin).toBe(BEGUN);
    expect(timelineOf(live, true, "another", 8, seconds(122))).toBeUndefined();
  });

  it("is not there for less than a minute, or without dates", () => {
    expect(timelineOf({ begin: BEGUN, end: seconds(67) }, true, BROADCAST, 8, BEGUN)).toBeUndefined();
    expect(timelineOf({ begin: BEGUN, end: seconds(68) }, true, BROADCAST, 8, BEGUN)).toBeDefined();
    expect(timelineOf(null, true, BROADCAST, 8, seconds(9))).toBeUndefined();
    expect(timelineOf({ begin: BEGUN, end: seconds(99) }, true, BROADCAST, 8, undefined)).toBeUndefined();
  });

  it("holds whoever is nearer than the live delay, or has paused beyond the window", () => {
    const live = { begin: seconds(100), end: seconds(200) };
    expect(timelineOf(live, false, BROADCAST, 8, seconds(195))?.end).toBe(seconds(195));
    expect(timelineOf(live, false, BROADCAST, 8, seconds(40))?.begin).toBe(seconds(40));
  });

  it("knows from its name when a broadcast has begun", () => {
    expect(begunAt(BROADCAST)).toBe(BEGUN);
    expect(begunAt("20261122T1905")).toBeUndefined();
  });

  it("has its dates from those of the segments, and their age", () => {
    const fragment = (start: number, programDateTime: number | null) => ({
      start,
      duration: 2,
      programDateTime,
    });
    expect(datesOf([fragment(0, null), fragment(2, 5_000), fragment(4, 7_000)], 1.5)).toEqual({
      begin: 5_000,
      end: 10_500,
    });
    expect(datesOf([fragment(0, null)], 0)).toBeNull();
    expect(datesOf([], 0)).toBeNull();
  });

  it("says times for the eye and for the ear", () => {
    const noon = new Date(2026, 4, 5, 12, 0, 7).getTime();
    expect(formatClock(noon, noon)).toMatch(/^12:00:07/);
    expect(formatClock(noon - 86_400_000, noon)).toMatch(/^\p{L}+.*12:00:07/u);
    expect(formatLag(83)).toBe("\u22121:23");
    expect(sayLag(83)).toBe("1 minute 23 seconds behind live");
    expect(sayLag(7_201)).toBe("2 hours 1 second behind live");
  });
});
