import type { Report } from "./audience/report";
import { segmentKeyOf } from "./media/segment-url";
import type { Fault } from "./p2p/blame";

export type Origin = "peer" | "edge";
export type SegmentEntry = {
  /** Null for a segment whose URL carries no number. */
  number: number | null;
  url: string;
  from: Origin;
  bytes: number;
  /** Null where the URL carries no hash, or the check is not done yet. */
  sha256ok: boolean | null;
};
export type ErrorEntry = { at: string; text: string };

const SEGMENTS_KEPT = 100;
const ERRORS_KEPT = 50;
/** A player that is open for days must not count a map without end. */
const CHECKS_KEPT = 200;

/** What this viewer's playback has done so far: all of it counted, nothing estimated. Shown in the panel and to tests. */
export class Figures extends EventTarget {
  state = "looking";
  broadcast = "";
  /** Seconds behind the live edge, null while not known. */
  latency: number | null = null;
  rendition = "";
  stalls = 0;
  private stalledBefore = 0;
  private stalledSince: number | undefined;
  /** Seconds in which the picture went on. */
  playedSeconds = 0;
  /** Seconds from the begin to the first picture; null before it. */
  startUp: number | null = null;
  /** This browser, and what it plays with, can share. */
  canShare = false;
  /** What was told to the server, if this viewer is one of the few who report. */
  told = { reports: 0, bytesFromPeers: 0, bytesFromEdge: 0, bytesToPeers: 0 };

  /** Media segments, all bytes that came, rejected and aborted ones included. */
  bytesFromPeers = 0;
  bytesFromEdge = 0;
  bytesToPeers = 0;
  /** Whole segments from the edge, by the host that they came from. */
  readonly bytesByHost = new Map<string, number>();
  bytesInitialization = 0;
  bytesPlaylists = 0;
  p2pRejectedCount = 0;
  httpRejectedCount = 0;
  peersBanned = 0;
  /** What peers did wrong, by kind. */
  readonly peerFaults: Record<Fault, number> = { "wrong-bytes": 0, stalled: 0, slow: 0 };
  /** False where passing segments on may cost the viewer money: the network is metered. */
  uploads = true;

  readonly peers = new Set<string>();
  readonly segments: SegmentEntry[] = [];
  readonly errors: ErrorEntry[] = [];
  private readonly checks = new Map<string, boolean>();

  /** Tells the panel; callers that set fields directly call it themselves. */
  changed(): void {
    this.dispatchEvent(new Event("change"));
  }

  /** Seconds in which the picture stood still against the viewer's will. */
  get stalledSeconds(): number {
    const now = this.stalledSince === undefined ? 0 : (performance.now() - this.stalledSince) / 1_000;
    return this.stalledBefore + now;
  }

  stallBegins(): void {
    this.stalls++;
    this.stalledSince ??= performance.now();
  }

  stallEnds(): void {
    this.stalledBefore = this.stalledSeconds;
    this.stalledSince = undefined;
  }

  mediaBytes(from: Origin, bytes: number): void {
    if (from === "peer") this.bytesFromPeers += bytes;
    else this.bytesFromEdge += bytes;
    this.changed();
  }

  uploaded(bytes: number): void {
    this.bytesToPeers += bytes;
    this.changed();
  }

  checked(url: string, right: boolean): void {
    this.checks.delete(url);
    this.checks.set(url, right);
    if (this.checks.size > CHECKS_KEPT) this.checks.delete(this.checks.keys().next().value as string);
  }

  segmentLoaded(url: string, from: Origin, bytes: number): SegmentEntry {
    if (from === "edge") this.fromHost(url, bytes);
    const key = segmentKeyOf(url);
    const sha256ok = key === undefined ? null : (this.checks.get(url) ?? null);
    const entry: SegmentEntry = { number: key?.number ?? null, url, from, bytes, sha256ok };
    this.segments.push(entry);
    if (this.segments.length > SEGMENTS_KEPT) this.segments.shift();
    this.changed();
    return entry;
  }

  private fromHost(url: string, bytes: number): void {
    const host = URL.canParse(url) ? new URL(url).host : "";
    if (host !== "") this.bytesByHost.set(host, (this.bytesByHost.get(host) ?? 0) + bytes);
  }

  p2pRejected(url: string, peerId: string): void {
    this.p2pRejectedCount++;
    this.error(`A segment from peer ${peerId} was not what it should be and was thrown away: ${url}`);
  }

  httpRejected(url: string): void {
    this.httpRejectedCount++;
    this.error(`A segment from the edge was not what it should be and is fetched again: ${url}`);
  }

  peerConnected(peerId: string): void {
    this.peers.add(peerId);
    this.changed();
  }

  /** Fires more than once a peer: hence a set, not a count. */
  peerClosed(peerId: string): void {
    this.peers.delete(peerId);
    this.changed();
  }

  noPeers(): void {
    this.peers.clear();
    this.changed();
  }

  peerFault(fault: Fault): void {
    this.peerFaults[fault]++;
    this.changed();
  }

  peerBanned(peerId: string): void {
    this.peersBanned++;
    this.error(`Peer ${peerId} failed again and again: no more segments are taken from it.`);
  }

  trackerTrouble(text: string): void {
    this.error(`Tracker: ${text}`);
  }

  reported(report: Report): void {
    const { told } = this;
    told.reports++;
    told.bytesFromPeers += report.fromPeers;
    told.bytesFromEdge += report.fromEdge;
    told.bytesToPeers += report.toPeers;
  }

  error(text: string): void {
    this.errors.push({ at: new Date().toISOString(), text });
    if (this.errors.length > ERRORS_KEPT) this.errors.shift();
    this.changed();
  }
}

/** The figures of the moment, for the page around the player and for tests. Nothing can be changed by it. */
export function viewOf(figures: Figures) {
  return Object.freeze({
    get state() {
      return figures.state;
    },
    get broadcast() {
      return figures.broadcast;
    },
    get bytesFromPeers() {
      return figures.bytesFromPeers;
    },
    get bytesFromEdge() {
      return figures.bytesFromEdge;
    },
    get bytesToPeers() {
      return figures.bytesToPeers;
    },
    get bytesInitialization() {
      return figures.bytesInitialization;
    },
    get bytesPlaylists() {
      return figures.bytesPlaylists;
    },
    get peers() {
      return figures.peers.size;
    },
    get peersBanned() {
      return figures.peersBanned;
    },
    get peerFaults() {
      return { ...figures.peerFaults };
    },
    get uploads() {
      return figures.uploads;
    },
    get latency() {
      return figures.latency;
    },
    get rendition() {
      return figures.rendition;
    },
    get stalls() {
      return figures.stalls;
    },
    get stalledSeconds() {
      return figures.stalledSeconds;
    },
    get playedSeconds() {
      return figures.playedSeconds;
    },
    get startUp() {
      return figures.startUp;
    },
    get told() {
      return { ...figures.told };
    },
    get p2pRejected() {
      return figures.p2pRejectedCount;
    },
    get httpRejected() {
      return figures.httpRejectedCount;
    },
    get errors() {
      return figures.errors.map((entry) => ({ ...entry }));
    },
    get segments() {
      return figures.segments.map((entry) => ({ ...entry }));
    },
  });
}

export type FiguresView = ReturnType<typeof viewOf>;
