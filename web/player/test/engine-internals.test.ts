import { beforeAll, describe, expect, it, vi } from "vitest";
import { disconnectPeer, forgetPartOf } from "../src/p2p/engine-internals";

/*
 * The real engine of the pinned version, as far as it runs without a browser: these tests go red when an update moves
 * the private parts that engine-internals.ts relies on.
 */
const BASE = "https://e/live/b/main";
const SEGMENT = `${BASE}/1000000-${"0".repeat(32)}.ts`;

// biome-ignore lint/suspicious/noExplicitAny: private parts of the library are what is looked at.
type Private = any;

beforeAll(() => {
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("navigator", { userAgent: "test" });
  vi.stubGlobal("WebSocket", class {});
  vi.stubGlobal("fetch", () => new Promise(() => {}));
});

async function engineWithADownload(): Promise<{ engine: Private; loader: Private; request: Private }> {
  const { HlsJsP2PEngine } = await import("p2p-media-loader-hlsjs");
  const engine: Private = new HlsJsP2PEngine({ core: { swarmId: "s", announceTrackers: [] } });
  const { core } = engine;
  core.setManifestResponseUrl("https://e/live/playlist.m3u8");
  core.addStreamIfNoneExists({ runtimeId: `${BASE}/playlist.m3u8`, type: "main", index: "0" });
  core.updateStream(`${BASE}/playlist.m3u8`, [
    { runtimeId: SEGMENT, url: SEGMENT, externalId: 1_000_000, startTime: 0, endTime: 2 },
  ]);
  core.setIsLive(true);
  await core.loadSegment(SEGMENT, { onSuccess() {}, onError() {} });
  const loader = core.mainStreamLoader;
  await vi.waitFor(() => expect([...loader.requests.items()]).toHaveLength(1));
  return { engine, loader, request: [...loader.requests.items()][0] };
}

describe("the private parts of the P2P engine", () => {
  it("let a half-loaded segment be forgotten", async () => {
    const { engine, request } = await engineWithADownload();
    expect(request.status).toBe("loading");
    request.addLoadedChunk(new Uint8Array(1000));
    request.setTotalBytes(5000);
    forgetPartOf(engine, `${BASE}/another.ts`);
    expect(request.loadedBytes).toBe(1000);
    forgetPartOf(engine, SEGMENT);
    expect(request.loadedBytes).toBe(0);
    expect(request.totalBytes).toBeUndefined();
    engine.destroy();
  });

  it("let a peer be left", async () => {
    const { engine, loader } = await engineWithADownload();
    const left: string[] = [];
    const peer = (id: string) => ({
      peer: { id, destroy: () => left.push(id) },
      potentialConnections: new Set(),
    });
    const tracker = loader.p2pLoaders.currentLoader.trackerClient;
    tracker._peers.set("a", peer("a"));
    tracker._peers.set("b", peer("b"));
    disconnectPeer(engine, "b");
    expect(left).toEqual(["b"]);
    engine.destroy();
  });
});
