import { describe, expect, it } from "vitest";
import { hasOnlyGaps } from "../src/media/gaps";

const fragment = (end: number, ...tags: string[]) => ({ end, tagList: tags.map((name) => [name]) });

describe("a list with nothing to play", () => {
  it("has only GAPs after the position", () => {
    expect(hasOnlyGaps([fragment(2, "INF"), fragment(4, "GAP", "INF"), fragment(6, "GAP")], 2)).toBe(true);
    expect(hasOnlyGaps([fragment(2), fragment(4, "GAP"), fragment(6, "INF")], 2)).toBe(false);
  });

  it("may be played to the end of what came before the GAPs", () => {
    const list = [fragment(2), fragment(4, "GAP")];
    expect(hasOnlyGaps(list, 1.5)).toBe(false);
    expect(hasOnlyGaps(list, 1.95)).toBe(true);
  });

  it("is one with GAPs alone, or with nothing at all", () => {
    expect(hasOnlyGaps([fragment(2, "GAP")], 0)).toBe(true);
    expect(hasOnlyGaps([], 0)).toBe(true);
  });
});
