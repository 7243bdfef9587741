import { describe, expect, it } from "vitest";
import { Figures } from "../src/figures";
import { secondsAhead } from "../src/media/seconds-ahead";
import { supportText } from "../src/ui/support-text";

const ranges = (...pairs: [number, number][]) =>
  ({
    length: pairs.length,
    start: (i: number) => pairs[i]?.[0] ?? 0,
    end: (i: number) => pairs[i]?.[1] ?? 0,
  }) as TimeRanges;

const video = {
  currentTime: 12,
  videoWidth: 1280,
  videoHeight: 720,
  muted: false,
  buffered: ranges([0, 5], [10, 18.25]),
  getVideoPlaybackQuality: () => ({ droppedVideoFrames: 3, totalVideoFrames: 900 }),
};

describe("the text for support", () => {
  it("says all that the panel says, and the last errors, and names no other viewer", () => {
    const figures = new Figures();
    figures.state = "live";
    figures.broadcast = "b";
    figures.rendition = "0";
    figures.latency = 8.04;
    figures.canShare = true;
    figures.peerConnected("-PM0203-abcdefghijkl");
    figures.mediaBytes("peer", 3_000_000);
    figures.segmentLoaded("https://cdn.example.org/live/b/0/1000000-x.ts", "edge", 1_000_000);
    figures.mediaBytes("edge", 1_000_000);
    for (let n = 1; n <= 12; n++) figures.error(`fragLoadError ${n}`);
    const text = supportText(figures, video, "https://site.example/", "Some browser", new Date(0));
    for (const line of [
      "Page: https://site.example/",
      "Time: 1970-01-01T00:00:00.000Z",
      "From the server: 1.0 MB",
      "From cdn.example.org: 1.0 MB",
      "Share from viewers: 75 %",
      "Viewers connected: 1",
      "Behind live: 8.0 s",
      "In the buffer: 6.3 s",
      "Picture: 1280 × 720",
      "Dropped pictures: 3 of 900",
    ])
      expect(text).toContain(line);
    expect(text).toContain("fragLoadError 12");
    expect(text).not.toContain("fragLoadError 2\n");
    expect(text).not.toContain("PM0203");
  });

  it("counts only what is ahead without a hole", () => {
    expect(secondsAhead({ buffered: ranges([0, 5]), currentTime: 7 })).toBe(0);
    expect(secondsAhead({ buffered: ranges([0, 5], [6, 9]), currentTime: 4 })).toBe(1);
  });
});
