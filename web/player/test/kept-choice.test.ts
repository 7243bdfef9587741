import { describe, expect, it } from "vitest";
import { KeptChoice } from "../src/media/kept-choice";

describe("the rendition that the viewer has chosen", () => {
  it("is set again when trouble has undone it, ever more seldom while it fails", () => {
    const choice = new KeptChoice();
    choice.level = 2;
    const due: number[] = [];
    for (let second = 0; second < 600; second++)
      if (choice.isDue(1_000 * second, true, false)) due.push(second);
    expect(due.slice(0, 4)).toEqual([4, 13, 30, 63]);
    expect(due).toHaveLength(8);
  });

  it("is tried soon again after it has held for a while", () => {
    const choice = new KeptChoice();
    choice.level = 0;
    for (let second = 0; second < 60; second++) choice.isDue(1_000 * second, true, false);
    for (let second = 60; second < 200; second++)
      expect(choice.isDue(1_000 * second, false, false)).toBe(false);
    expect(choice.isDue(200_000, true, false)).toBe(false);
    expect(choice.isDue(204_000, true, false)).toBe(true);
  });

  it("is tried soon after a pause of the source, however long that was", () => {
    const choice = new KeptChoice();
    choice.level = 1;
    for (let second = 0; second < 100; second++) choice.isDue(1_000 * second, true, false);
    for (let second = 100; second < 160; second++)
      expect(choice.isDue(1_000 * second, true, true)).toBe(false);
    expect(choice.isDue(160_000, true, false)).toBe(false);
    expect(choice.isDue(164_000, true, false)).toBe(true);
  });

  it("is nothing where the player is to choose", () => {
    const choice = new KeptChoice();
    for (let second = 0; second < 100; second++)
      expect(choice.isDue(1_000 * second, true, false)).toBe(false);
    choice.level = 1;
    choice.level = -1;
    expect(choice.isDue(200_000, true, false)).toBe(false);
  });
});
