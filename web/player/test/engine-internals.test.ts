import { beforeAll, describe, expect, it, vi } from "vitest";
import { disconnectPeer, forgetPartOf, limitUploads, outlookOf } from "../src/p2p/engine-internals";
import { UploadSlots } from "../src/p2p/upload-slots";

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

  it("say what could be fetched ahead of time and who has it, and fetch it", async () => {
    const { HlsJsP2PEngine } = await import("p2p-media-loader-hlsjs");
    const windows = { highDemandTimeWindow: 3, httpDownloadTimeWindow: 100, p2pDownloadTimeWindow: 100 };
    const engine: Private = new HlsJsP2PEngine({ core: { swarmId: "s", announceTrackers: [], ...windows } });
    expect(outlookOf(engine, () => false)).toBeUndefined();
    const { core } = engine;
    core.setManifestResponseUrl("https://e/live/playlist.m3u8");
    core.addStreamIfNoneExists({ runtimeId: `${BASE}/playlist.m3u8`, type: "main", index: "0" });
    const segments = [0, 1, 2, 3, 4].map((n) => {
      const url = `${BASE}/${1_000_000 + n}-${"0".repeat(32)}.ts`;
      return { runtimeId: url, url, externalId: 1_000_000 + n, startTime: 2 * n, endTime: 2 * n + 2 };
    });
    core.updateStream(`${BASE}/playlist.m3u8`, segments);
    core.setIsLive(true);
    await core.loadSegment(segments[0]?.url, { onSuccess() {}, onError() {} });
    const loader = core.mainStreamLoader;
    await vi.waitFor(() => expect([...loader.requests.items()].length).toBeGreaterThan(0));

    const tracker = loader.p2pLoaders.currentLoader.trackerClient;
    const peer = (id: string, loaded: number, loading: number) => ({
      potentialConnections: new Set(),
      peer: {
        id,
        destroy() {},
        sendSegmentsAnnouncementCommand() {},
        downloadingSegment: {},
        getSegmentStatus: ({ externalId }: { externalId: number }) =>
          externalId === loaded ? "loaded" : externalId === loading ? "http-loading" : undefined,
      },
    });
    tracker._peers.set("-PM0203-good", peer("-PM0203-good", 1_000_002, 1_000_003));
    tracker._peers.set("-PM0203-liar", peer("-PM0203-liar", 1_000_004, 0));

    const outlook = outlookOf(engine, (id) => id === "-PM0203-liar");
    expect(outlook?.own).toMatch(/^-PM\w{4}-.{12}$/);
    expect(outlook?.peers).toEqual(["-PM0203-good"]);
    // The first two are urgent: they are fetched without asking.
    expect(outlook?.wanted).toEqual([
      { number: 1_000_002, holding: "held" },
      { number: 1_000_003, holding: "fetching" },
      { number: 1_000_004, holding: "nobody" },
    ]);

    const before = loader.requests.executingHttpCount;
    loader.config.simultaneousHttpDownloads = before;
    outlook?.fetch(1_000_004);
    expect(loader.requests.executingHttpCount).toBe(before);
    loader.config.simultaneousHttpDownloads = before + 1;
    outlook?.fetch(1_000_004);
    expect(loader.requests.executingHttpCount).toBe(before + 1);
    expect(outlookOf(engine, () => false)?.wanted.map(({ number }) => number)).toEqual([
      1_000_002, 1_000_003,
    ]);
    engine.destroy();
  });

  it("draw no lots of their own once turns are taken", async () => {
    const { engine, loader } = await engineWithADownload();
    const lots = vi.spyOn(loader.requests, "executingHttpCount", "get");
    loader.loadRandomThroughHttp();
    expect(lots).toHaveBeenCalled();
    outlookOf(engine, () => false);
    lots.mockClear();
    loader.loadRandomThroughHttp();
    expect(lots).not.toHaveBeenCalled();
    engine.destroy();
  });

  it("pass segments on to so many peers at a time, and tell the others when there is room", async () => {
    const { engine, loader } = await engineWithADownload();
    const p2p = loader.p2pLoaders.currentLoader;
    const finished: (() => void)[] = [];
    p2p.trackerClient.eventHandlers.onSegmentRequested = () =>
      new Promise<void>((resolve) => finished.push(resolve));
    const announced = vi.spyOn(p2p, "broadcastAnnouncement");
    limitUploads(engine, new UploadSlots(1, 10_000, () => 0));
    limitUploads(engine, new UploadSlots(1, 10_000, () => 0));
    const absent: string[] = [];
    const peer = (id: string) => ({
      id,
      connection: { bufferSize: 0, destroyed: false },
      sendSegmentAbsentCommand: () => absent.push(id),
    });
    const ask = p2p.trackerClient.eventHandlers.onSegmentRequested;
    const first = ask(peer("a"), 1_000_000, 1);
    await ask(peer("b"), 1_000_000, 2);
    expect(finished).toHaveLength(1);
    expect(absent).toEqual(["b"]);
    expect(announced).not.toHaveBeenCalled();
    finished[0]?.();
    await first;
    expect(announced).toHaveBeenCalled();
    engine.destroy();
  });

  it("give a new connection the function that asks for a slot", async () => {
    const { engine, loader } = await engineWithADownload();
    limitUploads(engine, new UploadSlots(0, 10_000, () => 0));
    const tracker = loader.p2pLoaders.currentLoader.trackerClient;
    // biome-ignore lint/suspicious/noExplicitAny: a connection as far as the loader looks at it.
    const listeners = new Map<string, any>();
    const written: Uint8Array[] = [];
    const connection = {
      id: "61".repeat(20),
      bufferSize: 0,
      destroyed: false,
      on: (name: string, listener: unknown) => listeners.set(name, listener),
      off() {},
      write: (bytes: Uint8Array) => written.push(bytes),
      destroy() {},
    };
    tracker.onReceivePeerConnection(connection);
    listeners.get("connect")();
    const { peer } = [...tracker._peers.values()][0];
    written.length = 0;
    // A request (kind 1 in the loader's commands) for a segment is answered by "absent" (kind 4).
    await peer.eventHandlers.onSegmentRequested(peer, 1_000_000, 7);
    expect(written.length).toBe(1);
    expect(written[0]?.[4]).toBe(4);
    engine.destroy();
  });
});
