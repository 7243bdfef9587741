import type Hls from "hls.js";
import type { CoreConfig, SegmentErrorDetails } from "p2p-media-loader-core";
import { HlsJsP2PEngine } from "p2p-media-loader-hlsjs";
import type { Figures } from "../figures";
import { checkSegment } from "../media/segment-check";
import { type PlayerJson, reachableTrackers } from "../stream/player-json";
import { Blame, type Fault, isTooSlow, type Progress } from "./blame";
import { EdgeTurns, type Turns, turnsFor } from "./edge-turns";
import { disconnectPeer, forgetPartOf, limitUploads, outlookOf } from "./engine-internals";
import { timeWindows } from "./time-windows";
import { swarmOnScreen, trackersOf } from "./tracker-internals";
import { answers, keepLink, TrackerLink } from "./tracker-link";
import { mayUpload, networkOf } from "./upload-allowance";
import { UploadSlots } from "./upload-slots";

/** Milliseconds without a byte after which an aborted download counts as stalled by the peer. */
const STALLED_AFTER = 700;
/** Segments passed on at a time. */
const UPLOADS = 2;
/** Milliseconds for which one who was turned away by a peer goes on counting on its peers. */
const TURNED_AWAY = 2_000;
/** Milliseconds between two looks at whose turn it is. */
const TURN = 100;

/**
 * Segments from other viewers, for one broadcast.
 *
 * A segment comes whole from one source or not at all. The loader by itself keeps the bytes of an aborted download and
 * lets the next source go on after them: so a lying peer that stalls half-way has its bytes joined to the edge's, or to
 * those of an honest peer, who is then cut off for the liar's bytes. Here the part is forgotten, and what is asked
 * over HTTP is always the whole. Every whole segment is held against the hash in its URL, from peers and from the edge.
 */
export class PeerSharing {
  private link: TrackerLink | undefined;
  private keeping: { stop(): void } | undefined;
  private readonly engine: HlsJsP2PEngine;
  private readonly blame = new Blame(() => performance.now());
  private readonly lastByte = new Map<string, number>();
  /** By peer: when the segment under way was asked for, and what has come of it. */
  private readonly underWay = new Map<string, { since: number; bytes: number }>();
  private readonly turns: EdgeTurns;
  private readonly slots: UploadSlots;
  /** By segment: when a peer that has it had no time. */
  private readonly turnedAway = new Map<number, number>();
  private readonly timer: ReturnType<typeof setInterval>;
  private readonly network = networkOf(navigator);
  /** Bytes in a second of the stream, by the last segment. */
  private bytesPerSecond = 0;

  constructor(
    private readonly player: PlayerJson,
    private readonly figures: Figures,
    enabled: boolean,
  ) {
    const { segmentDuration } = player;
    this.turns = new EdgeTurns(turnsOf(segmentDuration, player.liveDelay));
    this.slots = new UploadSlots(UPLOADS, 2_000 * segmentDuration, () => performance.now());
    this.engine = new HlsJsP2PEngine({ core: this.options(player, enabled) });
    this.listen();
    this.network?.addEventListener?.("change", this.onNetwork);
    this.onNetwork();
    this.timer = setInterval(() => this.takeTurn(), TURN);
  }

  /** Loaders for the configuration of hls.js. */
  get loaders(): { fLoader: unknown; pLoader: unknown } {
    return this.engine.getConfigForHlsJs();
  }

  /** @param view What the engine may see of hls.js. */
  bind(view: Hls): void {
    this.engine.bindHls(() => view);
  }

  /** Stays on the tracker that player.json names now, and comes back to it soon when it was away. */
  follow(player: PlayerJson): void {
    const urls = reachableTrackers(player);
    if (this.link === undefined && urls.length > 0) {
      this.link = new TrackerLink(urls, {
        trackers: () => trackersOf(this.engine),
        swarm: () => swarmOnScreen(this.engine),
        now: () => performance.now(),
        random: Math.random,
        answers,
      });
      this.keeping = keepLink(this.link);
    }
    this.link?.follow(urls);
  }

  /**
   * Plays so many seconds behind the live edge from now on. The loader reads its windows at every look: connections, downloads
   * under way and what is kept stay as they are.
   */
  moveTo(liveDelay: number): void {
    const { segmentDuration } = this.player;
    this.engine.applyDynamicConfig({ core: timeWindows(segmentDuration, liveDelay) });
    this.turns.follow(turnsOf(segmentDuration, liveDelay));
  }

  /** Switches sharing on or off while playing. */
  set enabled(enabled: boolean) {
    if (this.engine.getConfig().core.mainStream.isP2PDisabled === !enabled) return;
    this.engine.applyDynamicConfig({ core: { isP2PDisabled: !enabled } });
    if (!enabled) this.figures.noPeers();
  }

  destroy(): void {
    clearInterval(this.timer);
    this.network?.removeEventListener?.("change", this.onNetwork);
    this.engine.destroy();
    this.keeping?.stop();
    this.figures.noPeers();
  }

  /** Fetches from the edge what it is this viewer's turn to fetch, for itself and for its peers. */
  private takeTurn(): void {
    limitUploads(this.engine, this.slots);
    const outlook = outlookOf(this.engine, (peerId) => this.blame.isSuspect(peerId));
    // Whoever passes nothing on would fetch for itself alone: it waits for the others.
    if (outlook === undefined || !this.figures.uploads) return;
    const now = performance.now();
    for (const [number, at] of this.turnedAway) if (now - at > TURNED_AWAY) this.turnedAway.delete(number);
    const wanted = outlook.wanted.map(({ number, holding }) => ({
      number,
      holding: this.turnedAway.has(number) ? "held" : holding,
    }));
    for (const number of this.turns.due(now, outlook.own, outlook.peers, wanted)) outlook.fetch(number);
  }

  private readonly onNetwork = (): void => {
    const uploads = mayUpload(this.network);
    this.figures.uploads = uploads;
    this.engine.applyDynamicConfig({ core: { isP2PUploadDisabled: !uploads } });
  };

  private options(player: PlayerJson, enabled: boolean): Partial<CoreConfig> {
    return {
      swarmId: player.swarm,
      // One: the library would use all of them at once.
      announceTrackers: reachableTrackers(player).slice(0, 1),
      rtcConfig: { iceServers: player.stun.map((urls) => ({ urls })) },
      isP2PDisabled: !enabled,
      ...timeWindows(player.segmentDuration, player.liveDelay),
      p2pNotReceivingBytesTimeoutMs: Math.min(Math.max(500 * player.segmentDuration, 1_000), 2_000),
      validateP2PSegment: async (url, byteRange, data) => {
        // A strict boolean: anything else that is truthy would accept everything.
        const verdict = byteRange === undefined ? await checkSegment(url, data) : "unchecked";
        this.figures.checked(url, verdict === "right");
        return verdict === "right";
      },
      validateHTTPSegment: async (url, byteRange, data) => {
        const verdict = byteRange === undefined ? await checkSegment(url, data) : "unchecked";
        this.figures.checked(url, verdict === "right");
        return verdict !== "wrong";
      },
      httpRequestSetup: async (url, segmentByteRange, signal, requestByteRange) => {
        // A range that the playlist did not ask for would go on after bytes of an aborted download. The whole instead:
        // upon a 200 the loader drops what it had.
        const isRest = requestByteRange !== undefined && segmentByteRange === undefined;
        return isRest ? new Request(url, { signal }) : undefined;
      },
    };
  }

  private listen(): void {
    const { engine, figures, blame, lastByte } = this;
    engine.addEventListener("onChunkDownloaded", (bytes, source, peerId) => {
      figures.mediaBytes(source === "p2p" ? "peer" : "edge", bytes);
      if (peerId === undefined) return;
      lastByte.set(peerId, performance.now());
      const underWay = this.underWay.get(peerId);
      if (underWay !== undefined) underWay.bytes += bytes;
    });
    engine.addEventListener("onChunkUploaded", (bytes) => figures.uploaded(bytes));
    engine.addEventListener("onSegmentStart", ({ peerId }) => {
      if (peerId === undefined) return;
      lastByte.set(peerId, performance.now());
      this.underWay.set(peerId, { since: performance.now(), bytes: 0 });
    });
    engine.addEventListener("onSegmentLoaded", ({ segmentUrl, bytesLength, downloadSource, peerId }) => {
      figures.segmentLoaded(segmentUrl, downloadSource === "p2p" ? "peer" : "edge", bytesLength);
      this.bytesPerSecond = bytesLength / this.player.segmentDuration;
      if (peerId !== undefined) blame.delivered(peerId);
    });
    engine.addEventListener("onSegmentAbort", ({ segment, downloadSource, peerId }) => {
      if (downloadSource !== "p2p" || peerId === undefined) return;
      forgetPartOf(engine, segment.runtimeId);
      const quiet = performance.now() - (lastByte.get(peerId) ?? 0);
      if (quiet >= STALLED_AFTER) this.fault(peerId, "stalled");
      else if (this.isTooSlow(peerId)) this.fault(peerId, "slow");
    });
    engine.addEventListener("onSegmentError", (details) => this.onSegmentError(details));
    engine.addEventListener("onPeerConnect", ({ peerId }) => {
      if (blame.isBanned(peerId)) {
        // The event comes before the loader has listed the peer.
        queueMicrotask(() => disconnectPeer(engine, peerId));
        return;
      }
      figures.peerConnected(peerId);
    });
    engine.addEventListener("onPeerClose", ({ peerId }) => {
      lastByte.delete(peerId);
      this.underWay.delete(peerId);
      figures.peerClosed(peerId);
    });
    engine.addEventListener("onTrackerWarning", ({ warning }) => figures.trackerTrouble(String(warning)));
    engine.addEventListener("onTrackerError", ({ error }) => figures.trackerTrouble(String(error)));
  }

  private onSegmentError({ segment, error, downloadSource, peerId }: SegmentErrorDetails): void {
    if (downloadSource === "http") {
      if (error.type === "http-segment-validation-failed") this.figures.httpRejected(segment.url);
      return;
    }
    forgetPartOf(this.engine, segment.runtimeId);
    if (peerId === undefined) return;
    switch (error.type) {
      case "p2p-segment-validation-failed":
      case "peer-response-bytes-length-mismatch":
        this.figures.p2pRejected(segment.url, peerId);
        this.fault(peerId, "wrong-bytes");
        break;
      case "peer-segment-absent":
        this.turnedAway.set(segment.externalId, performance.now());
        break;
      case "bytes-receiving-timeout":
        this.fault(peerId, "stalled");
        break;
    }
  }

  private isTooSlow(peerId: string): boolean {
    const underWay = this.underWay.get(peerId);
    if (underWay === undefined) return false;
    const progress: Progress = { bytes: underWay.bytes, time: performance.now() - underWay.since };
    return isTooSlow(progress, this.bytesPerSecond, this.player.segmentDuration);
  }

  private fault(peerId: string, fault: Fault): void {
    this.figures.peerFault(fault);
    if (!this.blame.fault(peerId, fault)) return;
    this.figures.peerBanned(peerId);
    // Not within the loader's own handling of the failure.
    queueMicrotask(() => disconnectPeer(this.engine, peerId));
  }
}

function turnsOf(segmentDuration: number, liveDelay: number): Turns {
  return turnsFor(segmentDuration, liveDelay, timeWindows(segmentDuration, liveDelay).highDemandTimeWindow);
}
