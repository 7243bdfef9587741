import { describe, expect, it } from "vitest";
import { Blame, isTooSlow } from "../src/p2p/blame";
import { timeWindows } from "../src/p2p/time-windows";

describe("blame", () => {
  it("shuts a peer out for good after wrong bytes twice, whatever good it sent between", () => {
    let now = 0;
    const blame = new Blame(() => now);
    expect(blame.fault("a", "wrong-bytes")).toBe(false);
    for (let i = 0; i < 10; i++) blame.delivered("a");
    expect(blame.fault("a", "wrong-bytes")).toBe(true);
    now = 1e12;
    expect(blame.isBanned("a")).toBe(true);
    expect(blame.isBanned("b")).toBe(false);
  });

  it("shuts a peer out for five minutes after three stalls", () => {
    let now = 0;
    const blame = new Blame(() => now);
    expect([1, 2, 3].map(() => blame.fault("a", "stalled"))).toEqual([false, false, true]);
    now = 5 * 60_000 - 1;
    expect(blame.isBanned("a")).toBe(true);
    now++;
    expect(blame.isBanned("a")).toBe(false);
    expect(blame.fault("a", "stalled")).toBe(false);
  });

  it("forgives a stall for a good segment, so that a slow peer that delivers stays", () => {
    const blame = new Blame(() => 0);
    for (let i = 0; i < 20; i++) {
      expect(blame.fault("a", "stalled")).toBe(false);
      blame.delivered("a");
    }
  });

  it("shuts a peer out for slowness as for stalls, and suspects it from the first time on", () => {
    const blame = new Blame(() => 0);
    expect(blame.isSuspect("a")).toBe(false);
    blame.fault("a", "slow");
    expect(blame.isSuspect("a")).toBe(true);
    blame.delivered("a");
    expect(blame.isSuspect("a")).toBe(false);
    expect((["slow", "stalled", "slow"] as const).map((fault) => blame.fault("a", fault))).toEqual([
      false,
      false,
      true,
    ]);
    expect(blame.isSuspect("a")).toBe(true);
  });

  it("calls a peer slow that had its time and sent less than the stream runs, and nobody else", () => {
    const stream = 100_000;
    expect(isTooSlow({ bytes: 90_000, time: 1_500 }, stream, 2)).toBe(true);
    expect(isTooSlow({ bytes: 160_000, time: 1_500 }, stream, 2)).toBe(false);
    expect(isTooSlow({ bytes: 0, time: 900 }, stream, 2)).toBe(false);
    // Before the first segment nothing is known of the stream.
    expect(isTooSlow({ bytes: 0, time: 5_000 }, 0, 2)).toBe(false);
  });
});

describe("the time windows", () => {
  it("leave room for peers between the high demand window and the live edge", () => {
    for (const [segment, delay] of [
      [1, 4],
      [2, 5],
      [2, 6],
      [4, 12],
      [6, 18],
    ] as const) {
      const windows = timeWindows(segment, delay);
      expect(windows.highDemandTimeWindow).toBeGreaterThanOrEqual(segment);
      expect(windows.highDemandTimeWindow).toBeLessThanOrEqual(1.5 * segment);
      expect(delay - windows.highDemandTimeWindow).toBeGreaterThanOrEqual(segment);
      expect(windows.p2pDownloadTimeWindow).toBeGreaterThan(windows.httpDownloadTimeWindow);
    }
  });
});
