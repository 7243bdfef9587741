import type Hls from "hls.js";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Figures } from "../src/figures";
import { type PlayerJson, parsePlayerJson } from "../src/stream/player-json";

// biome-ignore lint/suspicious/noExplicitAny: as little of hls.js and of the engine as is needed.
type Any = any;

const player = (trackers: string[], broadcast = "b"): PlayerJson =>
  (
    parsePlayerJson(
      JSON.stringify({
        state: "live",
        broadcast,
        swarm: `live/${broadcast}/live`,
        trackers,
        liveDelay: 8,
        segmentDuration: 2,
      }),
    ) as { value: PlayerJson }
  ).value;

function fakeHls(): Any {
  const listeners = new Map<string, ((event: string, data: unknown) => void)[]>();
  const on = (event: string, listener: never) =>
    listeners.set(event, [...(listeners.get(event) ?? []), listener]);
  return {
    media: null,
    config: { maxMaxBufferLength: 6 },
    userConfig: {},
    on,
    once: on,
    off: () => {},
    emit: (event: string, data: unknown) => {
      for (const listener of listeners.get(event) ?? []) listener(event, data);
    },
  };
}

describe("sharing that joins while the picture plays", () => {
  const calls: string[] = [];
  const heard: unknown[] = [];

  /** Stands for the engine's chunk. A module of its own each time, since the real one is loaded once for all. */
  class Peers {
    enabled_: boolean;
    constructor(
      readonly player: PlayerJson,
      _: Figures,
      enabled: boolean,
    ) {
      this.enabled_ = enabled;
      calls.push(`made for ${player.broadcast} at ${player.trackers} delay ${player.liveDelay} ${enabled}`);
    }
    private view: Any;
    get loaders() {
      const view = () => this.view;
      return {
        fLoader: class Fragments {},
        pLoader: class Playlists {
          constructor() {
            for (const event of ["hlsManifestLoaded", "hlsLevelSwitching", "hlsLevelUpdated"])
              view().on(event, (_: string, data: unknown) => heard.push(data));
          }
        },
      };
    }
    bind(view: Hls) {
      this.view = view;
    }
    follow(now: PlayerJson) {
      calls.push(`follows ${now.trackers}`);
    }
    moveTo(delay: number) {
      calls.push(`moves to ${delay}`);
    }
    set enabled(value: boolean) {
      calls.push(`enabled ${value}`);
    }
    destroy() {
      calls.push("destroyed");
    }
  }

  beforeEach(() => {
    calls.length = heard.length = 0;
    vi.resetModules();
    vi.useFakeTimers();
  });
  afterEach(() => void vi.useRealTimers());

  const fresh = async () => (await import("../src/p2p/late-sharing")).LateSharing;

  it("is told of what hls.js has loaded before, and loads segments from then on", async () => {
    const hls = fakeHls();
    const Late = await fresh();
    const sharing = new Late(hls, player(["ws://a"]), new Figures(), true, async () => ({
      PeerSharing: Peers as Any,
    }));
    const list = (url: string) => ({
      details: { url, fragments: [{ url: `${url}/1000000-${"0".repeat(32)}.ts`, byteRange: [] }] },
    });
    hls.emit("hlsManifestLoaded", { levels: [] });
    hls.emit("hlsLevelSwitching", { bitrate: 1 });
    hls.emit("hlsLevelUpdated", list("a"));
    hls.emit("hlsLevelSwitching", { bitrate: 2 });
    hls.emit("hlsLevelUpdated", list("b"));
    sharing.follow(player(["ws://c"], "the next one"));
    sharing.moveTo(10);
    sharing.enabled = false;
    expect(hls.config.fLoader).toBeUndefined();
    // Two segments of 2 s, so that the engine gets the others.
    expect(hls.config.maxMaxBufferLength).toBe(3);

    hls.emit("hlsFragBuffered", {});
    await vi.advanceTimersByTimeAsync(0);
    expect(calls[0]).toBe("made for b at ws://c delay 10 false");
    expect(hls.config.fLoader.name).toBe("Fragments");
    expect(hls.config.pLoader).toBeUndefined();
    expect(hls.config.maxMaxBufferLength).toBe(6);
    expect(heard.map((data: Any) => data.bitrate ?? data.details?.url ?? "manifest")).toEqual([
      "manifest",
      2,
      "a",
      "b",
    ]);

    sharing.destroy();
    expect(calls.at(-1)).toBe("destroyed");
    // The next broadcast has it from its start.
    const next = fakeHls();
    new Late(next, player(["ws://c"]), new Figures(), true, () => Promise.reject(new Error("not asked")));
    expect(next.config.fLoader.name).toBe("Fragments");
  });

  it("waits for the picture, but not for ever", async () => {
    const hls = fakeHls();
    const Late = await fresh();
    vi.stubGlobal("HTMLMediaElement", { HAVE_CURRENT_DATA: 2 });
    hls.media = Object.assign(new EventTarget(), { readyState: 1 });
    let asked = 0;
    new Late(hls, player(["ws://a"]), new Figures(), true, async () => {
      asked++;
      return { PeerSharing: Peers as Any };
    });
    hls.emit("hlsFragBuffered", {});
    await vi.advanceTimersByTimeAsync(1_900);
    expect(asked).toBe(0);
    await vi.advanceTimersByTimeAsync(200);
    expect(asked).toBe(1);
    vi.unstubAllGlobals();
  });

  it("does not keep hls.js waiting when its code does not come", async () => {
    const hls = fakeHls();
    const Late = await fresh();
    new Late(hls, player(["ws://a"]), new Figures(), true, () => new Promise(() => {}));
    hls.emit("hlsFragBuffered", {});
    await vi.advanceTimersByTimeAsync(2_400);
    expect(hls.config.maxMaxBufferLength).toBe(3);
    await vi.advanceTimersByTimeAsync(200);
    expect(hls.config.maxMaxBufferLength).toBe(6);
  });

  it("tries again when its code cannot be had, and says so", async () => {
    const hls = fakeHls();
    const Late = await fresh();
    const figures = new Figures();
    let asked = 0;
    new Late(hls, player(["ws://a"]), figures, true, async () => {
      if (++asked < 3) throw new Error("no such chunk");
      return { PeerSharing: Peers as Any };
    });
    hls.emit("hlsFragBuffered", {});
    await vi.advanceTimersByTimeAsync(20_000);
    expect(asked).toBe(3);
    expect(hls.config.fLoader.name).toBe("Fragments");
    expect(figures.errors[0]?.text).toContain("no such chunk");
  });

  it("does not begin for a broadcast that is over", async () => {
    const hls = fakeHls();
    const Late = await fresh();
    let loaded: (engine: Any) => void = () => {};
    const sharing = new Late(
      hls,
      player(["ws://a"]),
      new Figures(),
      true,
      () => new Promise((resolve) => (loaded = resolve)),
    );
    hls.emit("hlsFragBuffered", {});
    sharing.destroy();
    loaded({ PeerSharing: Peers });
    await vi.advanceTimersByTimeAsync(0);
    expect(hls.config.fLoader).toBeUndefined();
    expect(calls).toEqual([]);
  });
});
