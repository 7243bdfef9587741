import { describe, expect, it } from "vitest";
import { EarlyRequests } from "../src/stream/early";
import { firstSegment, readList, readVariants, startRendition } from "../src/stream/first-segment";
import { fetchAhead } from "../src/stream/head-start";
import { type PlayerJson, parsePlayerJson } from "../src/stream/player-json";

const BASE = "https://e/live/playlist.m3u8";
const MULTIVARIANT = `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-STREAM-INF:BANDWIDTH=3000000,AVERAGE-BANDWIDTH=2000000,CODECS="avc1.4d401f,mp4a.40.2",RESOLUTION=1280x720
b/0/playlist.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=700000,RESOLUTION=640x360
b/1/playlist.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=200000,RESOLUTION=320x180
b/2/playlist.m3u8
`;
const media = (count: number, extra = "") =>
  `#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXT-X-MAP:URI="init-0.mp4"\n${Array.from(
    { length: count },
    (_, n) => `#EXTINF:2.000,\n${n}-x.m4s`,
  ).join("\n")}\n${extra}`;
const offered = (...sizes: [number, number][]) => sizes.map(([bitrate, height]) => ({ bitrate, height }));

describe("the rendition to begin with", () => {
  it("is the smallest that is fit to be watched", () => {
    expect(startRendition(readVariants(MULTIVARIANT, BASE))).toBe(1);
    expect(startRendition(offered([5e6, 1080]))).toBe(0);
    expect(startRendition(offered([3e5, 0], [8e5, 0], [3e6, 0]))).toBe(1);
  });

  it("is the best one where all are small", () => {
    expect(startRendition(offered([1e5, 90], [2e5, 180]))).toBe(1);
    expect(startRendition([])).toBe(-1);
  });
});

describe("the segment to begin with", () => {
  it("is the one so far behind the end as all viewers play", () => {
    const list = readList(media(12), "https://e/live/b/1/playlist.m3u8");
    expect(list.duration).toBe(24);
    const first = firstSegment(list, 8);
    expect(first?.url.href).toBe("https://e/live/b/1/8-x.m4s");
    expect(first?.map?.href).toBe("https://e/live/b/1/init-0.mp4");
    expect(firstSegment(list, 7.5)?.start).toBe(16);
    expect(firstSegment(list, 6.01)?.start).toBe(18);
    expect(firstSegment(readList(media(2), BASE), 8)?.start).toBe(0);
  });

  it("is not foretold where there is a gap, or nothing is live", () => {
    expect(firstSegment(readList(media(12, "#EXT-X-ENDLIST\n"), BASE), 8)).toBeUndefined();
    expect(
      firstSegment(readList(`#EXTM3U\n#EXTINF:2,\na.ts\n#EXT-X-GAP\n#EXTINF:8,\nb-gap\n`, BASE), 8),
    ).toBeUndefined();
    expect(firstSegment(readList("", BASE), 8)).toBeUndefined();
  });
});

describe("what is asked for ahead of the player", () => {
  const parsed = parsePlayerJson(
    JSON.stringify({ state: "live", broadcast: "b", liveDelay: 8, segmentDuration: 2, targetDuration: 3 }),
  );
  const player = (parsed as { value: PlayerJson }).value;

  it("is the way to the first segment", async () => {
    const asked: string[] = [];
    const requests = new EarlyRequests(async (url) => {
      asked.push(new URL(url).pathname);
      const body = url === BASE ? MULTIVARIANT : url.endsWith(".m3u8") ? media(12) : "x";
      const response = new Response(body);
      Object.defineProperty(response, "url", { value: url });
      return response;
    });
    await fetchAhead(new URL("https://e/live/player.json"), player, requests);
    expect(asked).toEqual([
      "/live/playlist.m3u8",
      "/live/b/1/playlist.m3u8",
      "/live/b/1/init-0.mp4",
      "/live/b/1/8-x.m4s",
    ]);
  });
});
