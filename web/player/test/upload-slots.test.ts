import { describe, expect, it } from "vitest";
import { UploadSlots } from "../src/p2p/upload-slots";

describe("uploads at a time", () => {
  it("are so many, and whoever was turned away is told when there is room", () => {
    const slots = new UploadSlots(2, 1_000, () => 0);
    expect(["a", "b", "c"].map((peer) => slots.enter(peer))).toEqual([true, true, false]);
    expect(slots.leave("a")).toBe(true);
    expect(slots.enter("c")).toBe(true);
    expect(slots.leave("b")).toBe(false);
  });

  it("count a peer that asks again once", () => {
    const slots = new UploadSlots(1, 1_000, () => 0);
    expect(slots.enter("a")).toBe(true);
    expect(slots.enter("a")).toBe(true);
    slots.leave("a");
    expect(slots.enter("b")).toBe(true);
  });

  it("are free again after a while, when a peer has gone in the middle", () => {
    let now = 0;
    const slots = new UploadSlots(1, 1_000, () => now);
    slots.enter("gone");
    now = 999;
    expect(slots.enter("a")).toBe(false);
    now = 1_000;
    expect(slots.enter("a")).toBe(true);
  });
});
