import { describe, expect, it } from "vitest";
import { atHost, isDirect, playerJsonBeside, playerJsonUrl, streamNameOf } from "../src/stream/address";
import { type PlayerJson, parsePlayerJson } from "../src/stream/player-json";

describe("the stream's name", () => {
  const nameOf = (address: string) => streamNameOf(new URL(address));

  it("comes from the path, then from the query, then is the default one", () => {
    expect(nameOf("http://o:3000/watch/hall-2")).toEqual({ ok: true, name: "hall-2" });
    expect(nameOf("http://o:3000/watch/hall-2/?stream=other")).toEqual({ ok: true, name: "hall-2" });
    expect(nameOf("http://o:3000/?stream=hall-2")).toEqual({ ok: true, name: "hall-2" });
    expect(nameOf("https://e/a/watch/index.html?stream=hall-2")).toEqual({ ok: true, name: "hall-2" });
    expect(nameOf("https://e/a/watch/index.html")).toEqual({ ok: true, name: "live" });
    expect(nameOf("http://o:3000/")).toEqual({ ok: true, name: "live" });
  });

  it.each(["..%2fx", "UPPER", "-a", "a".repeat(33), "a_b", "%3Cscript%3E"])("refuses %s", (given) => {
    expect(nameOf(`http://o/watch/${given}`).ok).toBe(false);
    expect(nameOf(`http://o/?stream=${given}`).ok).toBe(false);
  });
});

describe("addresses", () => {
  it("say whether the page is to do without Spillway", () => {
    expect(isDirect(new URL("https://e/watch/index.html?direct"))).toBe(true);
    expect(isDirect(new URL("https://e/watch/index.html?stream=b&direct=1"))).toBe(true);
    expect(isDirect(new URL("https://e/watch/direct"))).toBe(false);
  });

  it("lie beside the folder of the page, whatever the path above it", () => {
    expect(playerJsonUrl("live", "http://edge:3001/watch/").href).toBe("http://edge:3001/live/player.json");
    expect(playerJsonUrl("b", "https://cdn/x/y/watch/index.html").href).toBe("https://cdn/x/y/b/player.json");
  });

  it("are beside the playlist that a page names", () => {
    const beside = (playlist: string) => playerJsonBeside(playlist, "https://site.example/a/b.html")?.href;
    expect(beside("https://cdn/x/live/playlist.m3u8?token=1#t")).toBe("https://cdn/x/live/player.json");
    expect(beside("/live/playlist.m3u8")).toBe("https://site.example/live/player.json");
    expect(beside("https://:80/")).toBeUndefined();
  });

  it("name the host by which the viewer reached the page", () => {
    const given = {
      state: "offline",
      trackers: ["ws://{host}:3000/tracker/live", "wss://t1.example/t"],
      reports: { address: "ws://{host}:3000/reports/live" },
    };
    const player = (parsePlayerJson(JSON.stringify(given)) as { value: PlayerJson }).value;
    const here = atHost(player, "[::1]");
    expect(here.trackers).toEqual(["ws://[::1]:3000/tracker/live", "wss://t1.example/t"]);
    expect(here.reports?.address).toBe("ws://[::1]:3000/reports/live");
    expect(atHost({ ...player, reports: undefined }, "a").reports).toBeUndefined();
  });
});
