import { describe, expect, it } from "vitest";
import { positionAt } from "../src/media/dates";
import { replayOf } from "../src/stream/address";
import { parseReplays } from "../src/stream/replays";
import { formatLength, replayMessage } from "../src/ui/words";

const LIST = new URL("http://edge.example/tv/live/replays.json");

const ENTRY = {
  broadcast: "20261122T190501Z-7f3a",
  title: "Concert",
  begin: "2026-11-22T19:05:01+00:00",
  end: "2026-11-22T20:05:01+00:00",
  duration: 3600.5,
  gaps: { count: 0, seconds: 0 },
  bytes: 1,
  playlists: ["20261122T190501Z-7f3a/replay.m3u8"],
  onAir: false,
};

function read(...replays: unknown[]) {
  const list = parseReplays(JSON.stringify({ epoch: 1, revision: 2, replays }), LIST);
  if (!list.ok) throw new Error(list.reason);
  return list.replays;
}

describe("replays.json", () => {
  it("is read as the server writes it, with addresses beside it", () => {
    const [replay] = read(ENTRY);
    expect(replay?.playlists.map((url) => url.href)).toEqual([
      "http://edge.example/tv/live/20261122T190501Z-7f3a/replay.m3u8",
    ]);
    expect(replay?.begin.toISOString()).toBe("2026-11-22T19:05:01.000Z");
    expect(replay?.duration).toBe(3600.5);
    expect(replay?.onAir).toBe(false);
  });

  it("leaves out what cannot be played, and nothing else", () => {
    const wrong = [
      null,
      5,
      {},
      { ...ENTRY, broadcast: "" },
      { ...ENTRY, begin: "yesterday" },
      { ...ENTRY, playlists: [] },
      { ...ENTRY, playlists: ["http://elsewhere.example/x.m3u8", "../../other/x.m3u8"] },
    ];
    expect(read(...wrong, ENTRY)).toHaveLength(1);
  });

  it("says what is wrong with the whole", () => {
    expect(parseReplays("<html>", LIST)).toEqual({ ok: false, reason: "replays.json: not JSON" });
    expect(parseReplays("null", LIST)).toEqual({ ok: false, reason: "replays.json: no list" });
  });
});

describe("the address", () => {
  it("may ask for a replay", () => {
    const of = (query: string) => replayOf(new URL(`http://a.example/watch/live${query}`));
    expect(of("?replay=20261122T190501Z-7f3a")).toBe("20261122T190501Z-7f3a");
    expect(of("")).toBeUndefined();
    expect(of("?replay=")).toBeUndefined();
    expect(of("?replay=../../etc")).toBeUndefined();
  });
});

describe("a position at a date", () => {
  const at = (seconds: number) => new Date(1_000_000_000_000 + 1_000 * seconds);
  // Ten seconds, a jump of a minute in the dates, ten more.
  const fragments = [
    { start: 100, duration: 10, programDateTime: at(0).getTime() },
    { start: 110, duration: 10, programDateTime: at(70).getTime() },
  ];

  it("is counted from the segment's own date", () => {
    expect(positionAt(fragments, at(4))).toBe(104);
    expect(positionAt(fragments, at(75))).toBe(115);
  });

  it("in a jump or behind the end is the end of what came before", () => {
    expect(positionAt(fragments, at(30))).toBe(110);
    expect(positionAt(fragments, at(500))).toBe(120);
  });

  it("before the beginning, or without dates, is none", () => {
    expect(positionAt(fragments, at(-1))).toBeUndefined();
    expect(positionAt([{ start: 0, duration: 5, programDateTime: null }], at(0))).toBeUndefined();
  });
});

describe("what is said of a replay", () => {
  it("is nothing while it plays", () => {
    expect(replayMessage("playing")).toBeUndefined();
    expect(replayMessage("missing")?.title).toBe("This replay is no longer kept.");
  });

  it("is how long it lasts", () => {
    expect(formatLength(7.4)).toBe("0:07");
    expect(formatLength(3599.6)).toBe("1:00:00");
    expect(formatLength(45296)).toBe("12:34:56");
  });
});
