import { describe, expect, it } from "vitest";
import { isDirect, playerJsonUrl, streamNameOf, trackerUrl } from "../src/stream/address";

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

  it("name the host by which the viewer reached the page", () => {
    const page = new URL("http://192.168.1.7:3000/watch/live");
    expect(trackerUrl("ws://{host}:3000/tracker/live", page)).toBe("ws://192.168.1.7:3000/tracker/live");
    expect(trackerUrl("ws://{host}:3000/t", new URL("http://[::1]:3000/"))).toBe("ws://[::1]:3000/t");
    expect(trackerUrl("wss://t1.example/t", page)).toBe("wss://t1.example/t");
  });
});
