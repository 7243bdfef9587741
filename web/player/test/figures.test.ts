import { describe, expect, it } from "vitest";
import { Figures, viewOf } from "../src/figures";

const url = (n: number) => `https://e/live/b/main/${n}-${"a".repeat(32)}.ts`;

describe("the figures", () => {
  it("keep the last hundred segments, with what the check said of each", () => {
    const figures = new Figures();
    for (let n = 1; n <= 150; n++) {
      if (n % 2 === 0) figures.checked(url(n), n % 4 === 0);
      figures.segmentLoaded(url(n), n % 3 === 0 ? "peer" : "edge", 10 * n);
    }
    expect(figures.segments).toHaveLength(100);
    expect(figures.segments[0]).toEqual({
      number: 51,
      url: url(51),
      from: "peer",
      bytes: 510,
      sha256ok: null,
    });
    expect(figures.segments.slice(1, 4).map(({ sha256ok }) => sha256ok)).toEqual([true, null, false]);
  });

  it("count a peer once, however often it is said to have gone", () => {
    const figures = new Figures();
    figures.peerConnected("a");
    figures.peerConnected("a");
    figures.peerConnected("b");
    expect(figures.peers.size).toBe(2);
    figures.peerClosed("a");
    figures.peerClosed("a");
    expect(figures.peers.size).toBe(1);
  });

  it("are shown to the page, and cannot be changed there", () => {
    const figures = new Figures();
    const view = viewOf(figures);
    figures.mediaBytes("peer", 3);
    figures.mediaBytes("edge", 4);
    figures.segmentLoaded("https://elsewhere/x.ts", "edge", 4);
    const shown = JSON.parse(JSON.stringify(view)) as Record<string, unknown>;
    expect(shown).toMatchObject({ bytesFromPeers: 3, bytesFromEdge: 4, peers: 0, stalls: 0, p2pRejected: 0 });
    expect(shown["segments"]).toEqual([
      { number: null, url: "https://elsewhere/x.ts", from: "edge", bytes: 4, sha256ok: null },
    ]);
    const live = view as unknown as { stalls: number; segments: { bytes: number }[] };
    expect(() => {
      live.stalls = 9;
    }).toThrow(TypeError);
    live.segments.length = 0;
    expect(figures.segments).toHaveLength(1);
  });
});
