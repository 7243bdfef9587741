import { describe, expect, it } from "vitest";
import type { RenditionPicture, StreamPicture } from "../src/api/types";
import { lineOf, rowOf, wordsOf } from "../src/model/time-line";
import { entry, sample } from "./sample";

const line = (...entries: ReturnType<typeof entry>[]) =>
  lineOf({ name: "0", targetDuration: 3, ended: false, stored: 9, entries });

describe("the time line", () => {
  it("says in one line all that the drawing shows", () => {
    const [{ window }] = sample().streams as [StreamPicture];
    const [rendition] = window as [RenditionPicture];
    expect(lineOf(rendition).summary).toBe(
      "14 segments, 28 s, 1 gap, 2 discontinuities, 3 of the slate, 1 waiting for the store, slowest upload 116 % of its segment's length.",
    );
    expect(line(entry()).summary).toBe(
      "1 segment, 2.0 s, no gaps, slowest upload 15 % of its segment's length.",
    );
    expect(line().summary).toBe("No segments.");
  });

  it("marks each state by a letter and by words", () => {
    const marks = line(
      entry(),
      entry({ gap: true, uploadMs: null, storedAt: null }),
      entry({ slate: true, discontinuity: true, uploadMs: null }),
      entry({ uploadMs: 2500, tries: 3 }),
      entry({ state: "stored" }),
      entry({ state: "waiting", storedAt: null, uploadMs: null, tries: null }),
    ).marks;
    expect(marks.map(({ letter }) => letter)).toEqual(["", "G", "S", "!", "", "W"]);
    expect(marks.map(({ words }) => words)).toEqual([
      "stored",
      "gap: missing for viewers",
      "slate; discontinuity before it",
      "stored, upload slower than its length",
      "stored, not listed yet",
      "waits for the store",
    ]);
  });

  it("draws each as wide as it is long, also what a source lies about", () => {
    const { marks } = line(
      entry({ duration: 4 }),
      entry({ duration: 2 }),
      entry({ duration: 0 }),
      entry({ duration: 1e9 }),
    );
    const [first = 0, second = 0, ...rest] = marks.map(({ width }) => width);
    expect(first / second).toBeCloseTo(2);
    expect(Math.min(...rest)).toBeGreaterThan(0);
    expect(marks.reduce((sum, { width }) => sum + width, 0)).toBeCloseTo(1);
  });

  it("draws no more than can be seen, and says how many there are", () => {
    const long = line(
      ...Array.from({ length: 600 }, (_, at) => entry({ state: at < 10 ? "listed" : "waiting" })),
    );
    expect(long.marks).toHaveLength(48);
    expect(long.more).toBe(552);
    expect(long.summary).toContain("590 waiting for the store");
  });

  it("has all of it as a row of a table", () => {
    const row = rowOf(entry({ tries: 3, uploadMs: 2310 }));
    expect([row[0], row[1], row[3], row[4]]).toEqual([
      "1000000",
      "2.0 s",
      "2.3 s",
      "stored, upload slower than its length, 3 tries",
    ]);
    expect(wordsOf(entry({ gap: true }))).toBe("gap: missing for viewers");
  });
});
