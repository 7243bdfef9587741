import { describe, expect, it } from "vitest";
import { Figures } from "../src/figures";
import { History } from "../src/history";
import { linePath } from "../src/ui/charts";
import { edgeHosts } from "../src/ui/support-text";
import { sayWays } from "../src/ui/words";

function video(droppedVideoFrames: number, buffered: [number, number][] = []) {
  return {
    currentTime: 1,
    buffered: {
      length: buffered.length,
      start: (i: number) => buffered[i]?.[0] ?? 0,
      end: (i: number) => buffered[i]?.[1] ?? 0,
    } as TimeRanges,
    getVideoPlaybackQuality: () => ({ droppedVideoFrames }),
  };
}

describe("the last minutes", () => {
  it("are kept step by step, each with what came in it", () => {
    const figures = new Figures();
    const history = new History(figures);
    figures.mediaBytes("peer", 300);
    figures.mediaBytes("edge", 100);
    figures.peerConnected("a");
    figures.latency = 8.5;
    figures.stallBegins();
    history.take(video(4, [[0, 7]]));
    figures.mediaBytes("edge", 50);
    history.take(video(6));
    expect(history.steps).toEqual([
      { fromPeers: 300, fromEdge: 100, peers: 1, buffer: 6, latency: 8.5, stalls: 1, dropped: 4 },
      { fromPeers: 0, fromEdge: 50, peers: 1, buffer: 0, latency: 8.5, stalls: 0, dropped: 2 },
    ]);
    expect(sayWays(history.steps)).toBe(
      "In the last minutes 300 B came from other viewers and 150 B from the server.",
    );
  });

  it("are three, and have room for what has not been seen yet", () => {
    const history = new History(new Figures());
    history.take(video(0));
    expect(history.slots).toHaveLength(36);
    expect(history.slots.filter((step) => step !== undefined)).toHaveLength(1);
    expect(history.slots.at(-1)).toBeDefined();
    for (let i = 0; i < 50; i++) history.take(video(0));
    expect(history.steps).toHaveLength(36);
    expect(history.slots).toHaveLength(36);
  });

  it("count dropped pictures on when the browser begins anew", () => {
    const history = new History(new Figures());
    for (const dropped of [9, 2]) history.take(video(dropped));
    expect(history.steps.map(({ dropped }) => dropped)).toEqual([9, 2]);
  });

  it("are drawn as lines that end where nothing is known", () => {
    expect(linePath([null, 0, 2, null, 1])).toBe("M45.0 39.0L90.0 1.0M180.0 20.0");
    expect(linePath([0, 0])).toBe("M0.0 39.0L180.0 39.0");
  });
});

describe("the hosts of the edge", () => {
  it("are told with the bytes of each, the most first", () => {
    const figures = new Figures();
    figures.segmentLoaded("https://a.example/1.ts", "edge", 1_000);
    figures.segmentLoaded("https://b.example/2.ts", "edge", 3_000);
    figures.segmentLoaded("https://a.example/3.ts", "edge", 1_000);
    figures.segmentLoaded("https://c.example/4.ts", "peer", 9_000);
    expect(edgeHosts(figures)).toEqual([
      { name: "b.example", value: "3 kB" },
      { name: "a.example", value: "2 kB" },
    ]);
  });
});
