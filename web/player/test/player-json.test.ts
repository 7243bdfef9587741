import { describe, expect, it } from "vitest";
import { canShare, isOnAir, type PlayerJson, parsePlayerJson } from "../src/stream/player-json";
import { nextLookIn } from "../src/stream/watcher";

const LIVE = {
  epoch: 1,
  revision: 3,
  state: "live",
  stream: "live",
  title: "Concert",
  description: "Two hours of it.",
  branding: { name: "Hall 2", logo: "../branding/logo.svg", accent: "#0b62d6", background: "#fff" },
  broadcast: "20261122T190501Z-7f3a",
  playlist: "playlist.m3u8",
  replay: "20261122T190501Z-7f3a/replay.m3u8",
  replays: "replays.json",
  fallback: "https://tv.example.org/hls/stream.m3u8",
  swarm: "live/20261122T190501Z-7f3a/live",
  trackers: ["ws://{host}:3000/tracker/live"],
  p2p: { enabled: true },
  stun: ["stun:stun.example:3478"],
  liveDelay: 8,
  catchUp: false,
  segmentDuration: 2,
  targetDuration: 2,
};

function read(value: unknown): PlayerJson {
  const parsed = parsePlayerJson(JSON.stringify(value));
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.value;
}

import { formatSaved } from "../src/ui/words";

describe("player.json", () => {
  it("keeps what could be more than a colour or a picture out of the page", () => {
    const branding = (given: object) => read({ state: "offline", branding: given }).branding;
    expect(branding({ accent: "red;background:url(//x)", background: "#12345" })).toMatchObject({
      accent: "",
      background: "",
    });
    for (const logo of ["javascript:alert(1)", "data:image/svg+xml,x", "a b", 'x"onerror=1'])
      expect(branding({ logo }).logo).toBe("");
    expect(branding({ logo: "https://example.org/a.png" }).logo).toBe("https://example.org/a.png");
    expect(read({ state: "offline", branding: "x" }).branding.name).toBe("");
  });

  it("is read as the server writes it", () => {
    expect(read(LIVE)).toEqual(LIVE);
    expect(canShare(read(LIVE))).toBe(true);
  });

  it("says what the viewers have from each other only where it is told", () => {
    expect(read(LIVE).fromViewers).toBeUndefined();
    expect(read({ ...LIVE, fromViewers: 0.85 }).fromViewers).toBe(0.85);
    expect(read({ ...LIVE, fromViewers: "all" }).fromViewers).toBeUndefined();
    expect(formatSaved(0.85)).toBe("about 85 %");
  });

  it("is on air when live or on the slate only", () => {
    const on = ["offline", "live", "slate", "ended"].map((state) => isOnAir(read({ ...LIVE, state })));
    expect(on).toEqual([false, true, true, false]);
    expect(isOnAir(undefined)).toBe(false);
  });

  it("may say no more than that nothing is on", () => {
    const player = read({ state: "offline" });
    expect(player.title).toBe("");
    expect(canShare(player)).toBe(false);
    expect(player.p2p.enabled).toBe(false);
  });

  it.each([7, "", "/hls/stream.m3u8", "javascript:alert(1)//", "http://", "data:text/plain,x"])(
    "knows no way back by %s",
    (fallback) => {
      expect(read({ ...LIVE, fallback }).fallback).toBe("");
    },
  );

  it("without a swarm or a tracker never leads to public ones", () => {
    expect(canShare(read({ ...LIVE, swarm: "" }))).toBe(false);
    expect(canShare(read({ ...LIVE, trackers: ["ws://t.example.org/"] }), "https:")).toBe(false);
    expect(canShare(read({ ...LIVE, trackers: ["wss://t.example.org/"] }), "https:")).toBe(true);
    expect(canShare(read({ ...LIVE, trackers: [] }))).toBe(false);
    expect(canShare(read({ ...LIVE, trackers: ["https://not-a-tracker", 7] }))).toBe(false);
  });

  it.each(["", "{", "null", "[]", "7", '{"state":"on"}', '{"state":"live"}', "<html>"])(
    "refuses %s",
    (text) => {
      expect(parsePlayerJson(text).ok).toBe(false);
    },
  );

  it("keeps figures that make no sense within bounds", () => {
    const player = read({
      ...LIVE,
      liveDelay: -5,
      segmentDuration: 1e9,
      targetDuration: "2",
      stun: "stun:x",
    });
    expect(player.segmentDuration).toBe(60);
    expect(player.liveDelay).toBeGreaterThanOrEqual(player.segmentDuration);
    expect(player.targetDuration).toBe(2);
    expect(player.stun).toEqual([]);
  });
});

describe("looking again", () => {
  it("is about every 3 s while offline and every 10 s while on air, not in step", () => {
    expect(nextLookIn("offline", 0)).toBe(2_625);
    expect(nextLookIn("offline", 1)).toBe(3_375);
    expect(nextLookIn("on-air", 0)).toBe(8_750);
    expect(nextLookIn("on-air", 1)).toBe(11_250);
    expect(nextLookIn("changing", 0.5)).toBe(2_500);
  });
});
