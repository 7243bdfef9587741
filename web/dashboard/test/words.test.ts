import { describe, expect, it } from "vitest";
import {
  bitRate,
  bytes,
  clock,
  count,
  dollars,
  estimate,
  percent,
  seconds,
  span,
  UNKNOWN,
} from "../src/words";

describe("words", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1 kB"],
    [999_950, "1.00 MB"],
    [1_432_000, "1.43 MB"],
    [248e9, "248 GB"],
    [5e15, "5000 TB"],
  ])("bytes of %d are %s", (value, words) => expect(bytes(value)).toBe(words));

  it.each([
    [0.004, "4 ms"],
    [2.31, "2.3 s"],
    [45, "45 s"],
  ])("%d seconds are %s", (value, words) => expect(seconds(value)).toBe(words));

  it.each([
    [0, "0 s"],
    [59.6, "1 min 00 s"],
    [185, "3 min 05 s"],
    [7500, "2 h 05 min"],
    [200_000, "2 days"],
  ])("a span of %d s is %s", (value, words) => expect(span(value)).toBe(words));

  it.each([
    [0, "0 %"],
    [0.0004, "under 1 %"],
    [0.61, "61 %"],
    [0.9976, "over 99 %"],
    [1.16, "116 %"],
  ])("the part %d is %s", (value, words) => expect(percent(value)).toBe(words));

  it.each([
    [0, "$0"],
    [0.000004, "$0.000004"],
    [0.02214, "$0.022"],
    [0.5, "$0.50"],
    [40.468, "$40.47"],
  ])("%d dollars are %s", (value, words) => expect(dollars(value)).toBe(words));

  it("what is not known is never 0", () => {
    for (const words of [bytes, bitRate, count, percent, seconds, span, dollars, clock])
      for (const nothing of [null, undefined]) expect(words(nothing)).toBe(UNKNOWN);
    expect(bytes(Number.NaN)).toBe(UNKNOWN);
    expect(clock("no date")).toBe(UNKNOWN);
  });

  it("an estimate comes with its error", () => {
    expect(estimate({ value: 587, low: 540, high: 634 }, count)).toBe("587, between 540 and 634");
    expect(estimate({ value: 587, low: null, high: null }, count)).toBe("587, error not known");
    expect(estimate({ value: 13.4, low: 12.6, high: null }, seconds)).toBe("13.4 s, at least 12.6 s");
    expect(estimate({ value: 5, low: null, high: 8 }, count)).toBe("5, at most 8");
    expect(estimate({ value: 5, low: 5, high: 5 }, count)).toBe("5");
    expect(estimate(null, count)).toBe(UNKNOWN);
  });
});
