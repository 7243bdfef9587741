import { describe, expect, it } from "vitest";
import { Blame } from "../src/p2p/blame";
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
});

describe("the time windows", () => {
  it("leave room for peers between the high demand window and the live edge", () => {
    for (const [segment, delay] of [
      [1, 4],
      [2, 6],
      [2, 8],
      [4, 13],
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
