import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Report } from "../src/audience/report";
import { Reporter } from "../src/audience/reporter";
import { Figures } from "../src/figures";
import type { PlayerJson } from "../src/stream/player-json";

class FakeSocket {
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 0;
  readonly sent: Report[] = [];
  onopen: (() => void) | undefined;
  onclose: (() => void) | undefined;
  closedWith: number | undefined;

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(code?: number): void {
    this.closedWith = code;
    this.gone();
  }

  opened(): void {
    this.readyState = FakeSocket.OPEN;
    this.onopen?.();
  }

  gone(): void {
    this.readyState = 3;
    this.onclose?.();
  }
}

const player = (share = 1, enabled = true) =>
  ({
    state: "live",
    broadcast: "b",
    p2p: { enabled },
    reports: { address: "ws://tv.example.org:3000/reports/live", share, every: 30, after: 180 },
  }) as PlayerJson;

let figures: Figures;
let reporter: Reporter;
let drawn: number;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("location", new URL("http://tv.example.org/"));
  FakeSocket.all = [];
  figures = new Figures();
  figures.canShare = true;
  drawn = 0.5;
  let calls = 0;
  // The number drawn, decides at once after 180 s, and no jitter from then on.
  reporter = new Reporter(figures, () => [drawn, 0][calls++] ?? 0.5);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Watches for 200 s and is one of those who report; figures before it came are none of the report's. */
function decide(settings = player()): FakeSocket | undefined {
  figures.bytesFromEdge = 77;
  reporter.update(settings);
  vi.advanceTimersByTime(200_000);
  figures.bytesFromPeers = 3_000;
  figures.bytesFromEdge = 1_077;
  reporter.update(settings);
  const socket = FakeSocket.all.at(-1);
  socket?.opened();
  return socket;
}

describe("the reporter", () => {
  it("tells at first of all since it came, and then of what has come since", () => {
    figures.startUp = 1.23456;
    const socket = decide();
    expect(socket?.url).toBe("ws://tv.example.org:3000/reports/live");
    expect(socket?.sent).toHaveLength(1);
    expect(socket?.sent[0]).toMatchObject({ v: 1, share: 1, session: 200, seconds: 200, startUp: 1.235 });
    expect(socket?.sent[0]).toMatchObject({ fromPeers: 3_000, fromEdge: 1_000, p2p: true, latency: null });
    figures.mediaBytes("peer", 500);
    figures.latency = 9.87654;
    vi.advanceTimersByTime(30_000);
    expect(socket?.sent[1]).toMatchObject({
      seconds: 30,
      fromPeers: 500,
      fromEdge: 0,
      startUp: null,
      latency: 9.877,
    });
    expect(figures.told).toEqual({
      reports: 2,
      bytesFromPeers: 3_500,
      bytesFromEdge: 1_000,
      bytesToPeers: 0,
    });
  });

  it("is silent with a number above the share, and tells of what comes from then on when the share rises", () => {
    expect(decide(player(0.4))).toBeUndefined();
    vi.advanceTimersByTime(100_000);
    figures.bytesFromPeers = 9_000;
    reporter.update(player(0.6));
    FakeSocket.all[0]?.opened();
    expect(FakeSocket.all[0]?.sent[0]).toMatchObject({ seconds: 0, fromPeers: 0, share: 0.6 });
  });

  it("says goodbye when the share falls below its number, with a last report", () => {
    const socket = decide();
    figures.mediaBytes("edge", 40);
    vi.advanceTimersByTime(10_000);
    reporter.update(player(0.5));
    expect(socket?.closedWith).toBe(1000);
    expect(socket?.sent.at(-1)).toMatchObject({ seconds: 10, fromEdge: 40 });
    vi.advanceTimersByTime(600_000);
    expect(FakeSocket.all).toHaveLength(1);
  });

  it("tells at once that it goes by another share", () => {
    const socket = decide();
    vi.advanceTimersByTime(10_000);
    reporter.update(player(0.75));
    expect(socket?.sent.at(-1)).toMatchObject({ seconds: 10, share: 0.75 });
    reporter.update(player(0.75));
    expect(socket?.sent).toHaveLength(2);
  });

  it("says whether it shares", () => {
    expect(decide(player(1, false))?.sent[0]?.p2p).toBe(false);
    figures.canShare = false;
    vi.advanceTimersByTime(30_000);
    reporter.update(player());
    vi.advanceTimersByTime(30_000);
    expect(FakeSocket.all[0]?.sent.at(-1)?.p2p).toBe(false);
  });

  it("comes back after ever longer waits, and forgets nothing meanwhile", () => {
    decide();
    const tries: number[] = [];
    for (let i = 0; i < 6; i++) {
      FakeSocket.all.at(-1)?.gone();
      const before = Date.now();
      while (FakeSocket.all.length === i + 1) vi.advanceTimersByTime(1_000);
      tries.push((Date.now() - before) / 1_000);
    }
    expect(tries).toEqual([20, 40, 80, 160, 300, 300]);
  });

  it("tells of an interruption of some minutes afterwards", () => {
    const socket = decide();
    vi.advanceTimersByTime(70_000);
    figures.mediaBytes("edge", 5);
    socket?.gone();
    vi.advanceTimersByTime(10_000);
    FakeSocket.all[1]?.opened();
    expect(FakeSocket.all[1]?.sent[0]).toMatchObject({ fromEdge: 5, seconds: 20 });
  });

  it("drops what nobody would believe any more, as after a sleep", () => {
    const socket = decide();
    figures.mediaBytes("edge", 5_000);
    socket?.gone();
    vi.setSystemTime(Date.now() + 3_600_000);
    vi.advanceTimersByTime(3_600_000);
    FakeSocket.all.at(-1)?.opened();
    expect(FakeSocket.all.at(-1)?.sent[0]).toMatchObject({ seconds: 0, fromEdge: 0 });
  });

  it("does not tell of replays", () => {
    const socket = decide();
    vi.advanceTimersByTime(5_000);
    reporter.update(undefined);
    expect(socket?.closedWith).toBe(1000);
    figures.mediaBytes("edge", 1_000_000);
    vi.advanceTimersByTime(60_000);
    reporter.update(player());
    FakeSocket.all[1]?.opened();
    expect(FakeSocket.all[1]?.sent[0]).toMatchObject({ seconds: 0, fromEdge: 0 });
  });

  it("never opens ws: from an https page", () => {
    vi.stubGlobal("location", new URL("https://tv.example.org/"));
    decide();
    expect(FakeSocket.all).toHaveLength(0);
  });

  it("counts a stall that goes on, and none that the viewer wants", () => {
    const socket = decide();
    figures.stallBegins();
    vi.advanceTimersByTime(30_000);
    expect(socket?.sent[1]).toMatchObject({ stalls: 1, stalled: 30 });
    vi.advanceTimersByTime(5_000);
    figures.stallEnds();
    vi.advanceTimersByTime(25_000);
    expect(socket?.sent[2]).toMatchObject({ stalls: 0, stalled: 5 });
  });
});
