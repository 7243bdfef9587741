import type Hls from "hls.js";
import type { CoreConfig, SegmentErrorDetails } from "p2p-media-loader-core";
import { HlsJsP2PEngine } from "p2p-media-loader-hlsjs";
import type { Figures } from "../figures";
import { checkSegment } from "../media/segment-check";
import { trackerUrl } from "../stream/address";
import { type PlayerJson, reachableTrackers } from "../stream/player-json";
import { Blame } from "./blame";
import { disconnectPeer, forgetPartOf } from "./engine-internals";
import { sharedView } from "./shared-fragments";
import { timeWindows } from "./time-windows";
import { trackersOf } from "./tracker-internals";
import { answers, keepLink, TrackerLink } from "./tracker-link";

/** Milliseconds without a byte after which an aborted download counts as stalled by the peer. */
const STALLED_AFTER = 700;

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

  constructor(
    player: PlayerJson,
    private readonly figures: Figures,
  ) {
    this.engine = new HlsJsP2PEngine({ core: this.options(player) });
    this.listen();
  }

  /** Loaders for the configuration of hls.js. */
  get loaders(): { fLoader: unknown; pLoader: unknown } {
    return this.engine.getConfigForHlsJs();
  }

  bind(hls: Hls): void {
    const view = sharedView(hls);
    this.engine.bindHls(() => view);
  }

  /** Stays on the tracker that player.json names now, and comes back to it soon when it was away. */
  follow(player: PlayerJson): void {
    const urls = trackerUrls(player);
    if (this.link === undefined && urls.length > 0) {
      this.link = new TrackerLink(urls, {
        trackers: () => trackersOf(this.engine),
        now: () => performance.now(),
        random: Math.random,
        answers,
      });
      this.keeping = keepLink(this.link);
    }
    this.link?.follow(urls);
  }

  /** Switches sharing on or off while playing. */
  set enabled(enabled: boolean) {
    if (this.engine.getConfig().core.mainStream.isP2PDisabled === !enabled) return;
    this.engine.applyDynamicConfig({ core: { isP2PDisabled: !enabled } });
    if (!enabled) this.figures.noPeers();
  }

  destroy(): void {
    this.engine.destroy();
    this.keeping?.stop();
    this.figures.noPeers();
  }

  private options(player: PlayerJson): Partial<CoreConfig> {
    return {
      swarmId: player.swarm,
      // One: the library would use all of them at once.
      announceTrackers: trackerUrls(player).slice(0, 1),
      rtcConfig: { iceServers: player.stun.map((urls) => ({ urls })) },
      isP2PDisabled: !player.p2p.enabled,
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
      if (peerId !== undefined) lastByte.set(peerId, performance.now());
    });
    engine.addEventListener("onChunkUploaded", (bytes) => figures.uploaded(bytes));
    engine.addEventListener("onSegmentStart", ({ peerId }) => {
      if (peerId !== undefined) lastByte.set(peerId, performance.now());
    });
    engine.addEventListener("onSegmentLoaded", ({ segmentUrl, bytesLength, downloadSource, peerId }) => {
      figures.segmentLoaded(segmentUrl, downloadSource === "p2p" ? "peer" : "edge", bytesLength);
      if (peerId !== undefined) blame.delivered(peerId);
    });
    engine.addEventListener("onSegmentAbort", ({ segment, downloadSource, peerId }) => {
      if (downloadSource !== "p2p" || peerId === undefined) return;
      forgetPartOf(engine, segment.runtimeId);
      const quiet = performance.now() - (lastByte.get(peerId) ?? 0);
      if (quiet >= STALLED_AFTER) this.fault(peerId, "stalled");
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
      case "bytes-receiving-timeout":
        this.fault(peerId, "stalled");
        break;
    }
  }

  private fault(peerId: string, fault: "wrong-bytes" | "stalled"): void {
    if (!this.blame.fault(peerId, fault)) return;
    this.figures.peerBanned(peerId);
    // Not within the loader's own handling of the failure.
    queueMicrotask(() => disconnectPeer(this.engine, peerId));
  }
}

function trackerUrls(player: PlayerJson): string[] {
  return reachableTrackers(player).map((url) => trackerUrl(url, new URL(location.href)));
}
