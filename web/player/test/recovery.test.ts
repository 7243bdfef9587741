import { describe, expect, it } from "vitest";
import { Recovery } from "../src/media/recovery";

describe("recovery", () => {
  it("loads again every half a second for a while, then rebuilds, and never waits longer than three quarters of a minute", () => {
    const recovery = new Recovery(() => 1);
    const steps = Array.from({ length: 50 }, () => recovery.next("network"));
    expect(new Set(steps.slice(0, 10).map(({ step, delay }) => `${step} ${delay}`))).toEqual(
      new Set(["reload 750"]),
    );
    expect(steps.slice(10, 13)).toEqual([1_500, 3_000, 6_000].map((delay) => ({ step: "rebuild", delay })));
    expect(Math.max(...steps.map(({ delay }) => delay))).toBe(45_000);
    expect(steps.at(-1)?.step).toBe("rebuild");
    expect(recovery.failures).toBe(50);
  });

  it("first tries to recover the media, at once and once", () => {
    const recovery = new Recovery(() => 0);
    expect(recovery.next("media")).toEqual({ step: "recover-media", delay: 0 });
    expect(recovery.next("media")).toEqual({ step: "rebuild", delay: 500 });
    expect(recovery.failures).toBe(2);
  });

  it("begins anew once playback has settled", () => {
    const recovery = new Recovery(() => 0.5);
    for (let i = 0; i < 9; i++) recovery.next("other");
    recovery.settled();
    expect(recovery.next("network")).toEqual({ step: "reload", delay: 500 });
  });

  it("spreads an audience that meets the same trouble at the same time", () => {
    expect(new Recovery(() => 0).next("network").delay).toBe(250);
    expect(new Recovery(() => 1).next("network").delay).toBe(750);
  });
});
