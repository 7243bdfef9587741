import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { isConnected, isWaiting, openAgain, swarmOnScreen, trackersOf } from "../src/p2p/tracker-internals";

/*
 * The real engine and the real tracker client of the pinned versions, over a socket of our own: these tests go red when an update
 * moves the private parts that tracker-internals.ts relies on.
 */
const BASE = "https://e/live/b/main";
const ONE = "ws://t1/tracker/live";
const TWO = "ws://t2/tracker/live";

// biome-ignore lint/suspicious/noExplicitAny: private parts of the library are what is looked at.
type Private = any;

class FakeSocket {
  static readonly OPEN = 1;
  static readonly CLOSED = 3;
  static all: FakeSocket[] = [];
  readyState = 0;
  bufferedAmount = 0;
  binaryType = "";
  readonly sent: string[] = [];
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: ((error: unknown) => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  open(): void {
    this.readyState = FakeSocket.OPEN;
    this.onopen?.();
  }

  send(data: unknown): void {
    this.sent.push(typeof data === "string" ? data : new TextDecoder().decode(data as Uint8Array));
  }

  close(): void {
    this.readyState = FakeSocket.CLOSED;
    this.onclose?.();
  }
}

beforeAll(async () => {
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("navigator", { userAgent: "test" });
  vi.stubGlobal("location", new URL("http://e/watch/"));
  vi.stubGlobal("WebSocket", FakeSocket);
  // The client makes no socket without WebRTC; its offers never become ready.
  vi.stubGlobal(
    "RTCPeerConnection",
    class {
      createDataChannel = () => ({});
      createOffer = () => new Promise(() => {});
      close = () => {};
      addEventListener = () => {};
      getTransceivers = () => [];
    },
  );
  vi.stubGlobal("RTCSessionDescription", class {});
  vi.stubGlobal("RTCIceCandidate", class {});
  vi.stubGlobal("fetch", () => new Promise(() => {}));
  await import("p2p-media-loader-hlsjs");
}, 60_000);

let engine: Private;

async function start(): Promise<void> {
  FakeSocket.all = [];
  const { HlsJsP2PEngine } = await import("p2p-media-loader-hlsjs");
  engine = new HlsJsP2PEngine({ core: { swarmId: "s", announceTrackers: [ONE] } });
  const { core } = engine;
  core.setManifestResponseUrl("https://e/live/playlist.m3u8");
  core.addStreamIfNoneExists({ runtimeId: `${BASE}/playlist.m3u8`, type: "main", index: "0" });
  const url = `${BASE}/1000000-${"0".repeat(32)}.ts`;
  core.updateStream(`${BASE}/playlist.m3u8`, [
    { runtimeId: url, url, externalId: 1_000_000, startTime: 0, endTime: 2 },
  ]);
  core.setIsLive(true);
  await core.loadSegment(url, { onSuccess() {}, onError() {} });
  await vi.waitFor(() => expect(trackersOf(engine)).toHaveLength(1));
}

const lastSocket = () => FakeSocket.all.at(-1) as FakeSocket;

describe("the private parts of the tracker client", () => {
  afterEach(() => engine.destroy());

  it("show whether it is connected, or waits on its own", async () => {
    await start();
    const [tracker] = trackersOf(engine) as [Private];
    expect(tracker.announceUrl).toBe(ONE);
    expect([isConnected(tracker), isWaiting(tracker)]).toEqual([false, false]);
    lastSocket().open();
    await vi.waitFor(() => expect(isConnected(tracker)).toBe(true));
    lastSocket().close();
    await vi.waitFor(() => expect(isWaiting(tracker)).toBe(true));
    expect(tracker.reconnectTimer).not.toBeNull();
    expect(typeof tracker.client.on).toBe("function");
  });

  it("let it be opened again at once, and it announces itself there", async () => {
    await start();
    const [tracker] = trackersOf(engine) as [Private];
    lastSocket().open();
    await vi.waitFor(() => expect(isConnected(tracker)).toBe(true));
    lastSocket().close();
    await vi.waitFor(() => expect(isWaiting(tracker)).toBe(true));
    const announce = vi.spyOn(tracker, "announce");
    openAgain(tracker, ONE);
    expect(FakeSocket.all).toHaveLength(2);
    lastSocket().open();
    await vi.waitFor(() => expect(isConnected(tracker)).toBe(true));
    expect(tracker.reconnecting).toBe(false);
    expect(announce).toHaveBeenCalledTimes(1);
  });

  it("let it be led to another address while it is connected, and what is left behind is closed", async () => {
    await start();
    const [tracker] = trackersOf(engine) as [Private];
    const old = lastSocket();
    old.open();
    await vi.waitFor(() => expect(isConnected(tracker)).toBe(true));
    // As when it waits for no answer.
    tracker.expectingResponse = false;
    openAgain(tracker, TWO);
    await vi.waitFor(() => expect(old.readyState).toBe(FakeSocket.CLOSED));
    expect(lastSocket().url).toBe(TWO);
    lastSocket().open();
    await vi.waitFor(() => expect(isConnected(tracker)).toBe(true));
    expect(isWaiting(tracker)).toBe(false);
  });

  it("show the swarm on screen, and let it be announced again", async () => {
    await start();
    const swarm = swarmOnScreen(engine);
    expect(swarm).toEqual({ tracker: trackersOf(engine)[0], connections: 0 });
    lastSocket().open();
    await vi.waitFor(() => expect(isConnected(swarm?.tracker as Private)).toBe(true));
    const announce = vi.spyOn(swarm?.tracker as Private, "announce");
    swarm?.tracker.client.update();
    expect(announce).toHaveBeenCalledTimes(1);
  });

  it("tell how many are in the swarm", async () => {
    await start();
    const [tracker] = trackersOf(engine) as [Private];
    let members = 0;
    tracker.client.on("update", (update: Private) => {
      members = update.complete + update.incomplete;
    });
    lastSocket().open();
    await vi.waitFor(() => expect(isConnected(tracker)).toBe(true));
    const hash = tracker.client._infoHashBinary;
    const data = JSON.stringify({
      action: "announce",
      info_hash: hash,
      interval: 60,
      complete: 3,
      incomplete: 4,
    });
    lastSocket().onmessage?.({ data: data });
    await vi.waitFor(() => expect(members).toBe(7));
  });
});
