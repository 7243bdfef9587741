import { beforeAll, describe, expect, it, vi } from "vitest";
import { delayOptions } from "../src/media/hls-options";
import { EdgeTurns, turnsFor } from "../src/p2p/edge-turns";
import { timeWindows } from "../src/p2p/time-windows";
import type { PlayerJson } from "../src/stream/player-json";

// biome-ignore lint/suspicious/noExplicitAny: private parts of the library are what is looked at.
type Private = any;

beforeAll(() => {
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("navigator", { userAgent: "test" });
  vi.stubGlobal("WebSocket", class {});
});

describe("a longer live delay", () => {
  it.each([
    [2, 6],
    [4, 12],
    [6, 18],
  ])(
    "with segments of %i s is kept in the buffer, and leaves as long for peers as before",
    (segment, usual) => {
      const before = timeWindows(segment, usual);
      const after = timeWindows(segment, usual + 5);
      expect(after.highDemandTimeWindow).toBeCloseTo(before.highDemandTimeWindow + 5);
      const turns = turnsFor(segment, usual + 5, after.highDemandTimeWindow);
      const turnsBefore = turnsFor(segment, usual, before.highDemandTimeWindow);
      expect(turns.step).toBeCloseTo(turnsBefore.step);
      expect(turns.patience).toBeCloseTo(turnsBefore.patience);
      const player = { segmentDuration: segment, targetDuration: segment + 1 } as PlayerJson;
      const buffer = delayOptions({ ...player, liveDelay: usual + 20 }).maxBufferLength;
      expect(buffer).toBeCloseTo(before.highDemandTimeWindow + 20);
      expect(delayOptions({ ...player, liveDelay: usual }).maxBufferLength).toBe(2 * (segment + 1));
    },
  );

  it("is taken up by the loader while it runs, which goes on with what it has", async () => {
    const { HlsJsP2PEngine } = await import("p2p-media-loader-hlsjs");
    const base = "https://e/live/b/main";
    const engine: Private = new HlsJsP2PEngine({
      core: { swarmId: "s", announceTrackers: [], ...timeWindows(2, 6) },
    });
    const { core } = engine;
    core.setManifestResponseUrl("https://e/live/playlist.m3u8");
    core.addStreamIfNoneExists({ runtimeId: `${base}/playlist.m3u8`, type: "main", index: "0" });
    const url = `${base}/1000000-${"0".repeat(32)}.ts`;
    core.updateStream(`${base}/playlist.m3u8`, [
      { runtimeId: url, url, externalId: 1_000_000, startTime: 0, endTime: 2 },
    ]);
    core.setIsLive(true);
    vi.stubGlobal("fetch", () => new Promise(() => {}));
    await core.loadSegment(url, { onSuccess() {}, onError() {} });
    const loader = core.mainStreamLoader;
    const peers = loader.p2pLoaders.currentLoader;
    await vi.waitFor(() => expect([...loader.requests.items()]).toHaveLength(1));
    const [download] = [...loader.requests.items()];
    engine.applyDynamicConfig({ core: timeWindows(2, 10) });
    expect(loader.config.highDemandTimeWindow).toBeCloseTo(timeWindows(2, 10).highDemandTimeWindow);
    expect(core.mainStreamLoader).toBe(loader);
    expect(loader.p2pLoaders.currentLoader).toBe(peers);
    expect([...loader.requests.items()][0]).toBe(download);
    expect(download.status).toBe("loading");
    engine.destroy();
  });

  it("does not make anybody lose its turn at the edge", () => {
    const turns = new EdgeTurns({ step: 10_000, patience: 1_000, settling: 0 });
    const wanted = [{ number: 1, holding: "nobody" as const }];
    const peers = Array.from({ length: 30 }, (_, i) => `peer-${i}`);
    expect(turns.due(0, "me", peers, wanted)).toEqual([]);
    turns.follow({ step: 100, patience: 1_000, settling: 0 });
    expect(turns.due(3_100, "me", peers, wanted)).toEqual([1]);
  });
});
