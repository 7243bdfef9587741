import type { HlsJsP2PEngine } from "p2p-media-loader-hlsjs";
import type { Holding, Wanted } from "./edge-turns";
import type { Tracker } from "./tracker-internals";
import type { UploadSlots } from "./upload-slots";

/** A download in the loader, of one segment, over one or more attempts. */
type Download = {
  readonly segment: Segment;
  readonly status: string;
  readonly failedAttempts: { readonly httpAttemptsCount: number };
  clearLoadedBytes(): void;
};
type Segment = { readonly runtimeId: string; readonly externalId: number };
type Peer = {
  readonly id: string;
  readonly connection?: { readonly bufferSize?: number; readonly destroyed?: boolean };
  destroy(): void;
  sendSegmentAbsentCommand(externalId: number, requestId: number): void;
  getSegmentStatus(segment: Segment): "loaded" | "http-loading" | undefined;
};
type QueueItem = {
  readonly segment: Segment;
  readonly statuses: { readonly isHighDemand: boolean; readonly isHttpDownloadable: boolean };
};
type OnSegmentRequested = (
  peer: Peer,
  externalId: number,
  requestId: number,
  byteFrom?: number,
) => Promise<void>;
type P2PLoader = {
  readonly trackerClient: {
    readonly client: { readonly peerId: string; readonly _trackers: Tracker[] };
    readonly eventHandlers: { onSegmentRequested: OnSegmentRequested };
    peers(): Iterable<Peer>;
  };
  broadcastAnnouncement(): void;
};
type HybridLoader = {
  readonly config: { readonly simultaneousHttpDownloads: number; readonly httpErrorRetries: number };
  readonly requests: {
    readonly executingHttpCount: number;
    items(): Iterable<Download>;
    get(segment: Segment): Download | undefined;
  };
  readonly p2pLoaders: {
    readonly currentLoader: P2PLoader;
    /** Of all swarms that it is in. */
    readonly loaders: Map<string, { readonly loader: P2PLoader }>;
  };
  /** What is not here yet, in the order of playback. */
  generateQueue(): { queue: QueueItem[] };
  loadThroughHttp(segment: Segment): void;
  /** Called by the loader from time to time: draws lots on who fetches from the edge what nobody has. */
  loadRandomThroughHttp(): void;
};
type Internals = { readonly core: { mainStreamLoader?: HybridLoader; secondaryStreamLoader?: HybridLoader } };

/*
 * p2p-media-loader offers no way to forget a half-loaded segment, to leave a peer, to say who fetches what from the
 * edge, or to limit uploads, so these reach into private fields of the pinned version (2.3.1). test/engine-internals.test.ts goes red when an
 * update moves them. Where they are missing these do nothing: playback stays right, since every whole segment is still
 * checked and the loader draws its own lots.
 */

/** Forgets what an aborted attempt has left of a segment, so that the next one starts at its first byte. */
export function forgetPartOf(engine: HlsJsP2PEngine, runtimeId: string): void {
  for (const loader of loadersOf(engine)) {
    for (const download of loader.requests?.items?.() ?? []) {
      if (download.segment.runtimeId === runtimeId) download.clearLoadedBytes();
    }
  }
}

/** Closes the connection to a peer. It may come back by the tracker. */
export function disconnectPeer(engine: HlsJsP2PEngine, peerId: string): void {
  for (const loader of loadersOf(engine)) {
    const peers = loader.p2pLoaders?.currentLoader?.trackerClient?.peers?.() ?? [];
    for (const peer of [...peers]) {
      if (peer.id === peerId) peer.destroy();
    }
  }
}

/** What this viewer could fetch from the edge ahead of time, and who else is there. */
export type Outlook = {
  own: string;
  peers: string[];
  wanted: Wanted[];
  /** Begins to fetch a wanted segment, unless as many as may are being fetched. */
  fetch(number: number): void;
};

/**
 * Undefined while nothing is being played through the engine. From then on the loader no longer draws lots by itself.
 * @param isSuspect Peers on whose word nobody should wait.
 */
export function outlookOf(
  engine: HlsJsP2PEngine,
  isSuspect: (peerId: string) => boolean,
): Outlook | undefined {
  const [loader] = loadersOf(engine);
  const tracker = loader?.p2pLoaders?.currentLoader?.trackerClient;
  if (loader === undefined || tracker === undefined || !canBeSteered(loader)) return undefined;
  loader.loadRandomThroughHttp = leaveItToTurns;
  const peers = [...tracker.peers()];
  const trusted = peers.filter(({ id }) => !isSuspect(id));
  const segments = new Map<number, Segment>();
  const wanted: Wanted[] = [];
  for (const { segment, statuses } of loader.generateQueue().queue) {
    if (statuses.isHighDemand || !statuses.isHttpDownloadable) continue;
    const download = loader.requests.get(segment);
    if (download?.status === "loading" || download?.status === "succeed") continue;
    if ((download?.failedAttempts.httpAttemptsCount ?? 0) >= loader.config.httpErrorRetries) continue;
    segments.set(segment.externalId, segment);
    wanted.push({ number: segment.externalId, holding: holdingOf(segment, trusted) });
  }
  return {
    own: textOf(tracker.client?.peerId ?? ""),
    peers: trusted.map(({ id }) => id),
    wanted,
    fetch(number) {
      const segment = segments.get(number);
      if (segment === undefined) return;
      if (loader.requests.executingHttpCount < loader.config.simultaneousHttpDownloads)
        loader.loadThroughHttp(segment);
    },
  };
}

/** Bytes that may still wait in a connection when the next upload begins. */
const NEARLY_SENT = 32 * 1024;
const LOOK_AGAIN = 50;
const limited = new WeakSet<P2PLoader>();

/**
 * Lets peers in by slots. Those that are turned away are told that the segment is not here, and ask others; when there
 * is room they are told again what is here. To be called before peers connect; again for each rendition.
 */
export function limitUploads(engine: HlsJsP2PEngine, slots: UploadSlots): void {
  for (const { p2pLoaders } of loadersOf(engine)) {
    const loader = p2pLoaders?.currentLoader;
    const handlers = loader?.trackerClient?.eventHandlers;
    if (typeof handlers?.onSegmentRequested !== "function" || limited.has(loader)) continue;
    limited.add(loader);
    const serve = handlers.onSegmentRequested;
    handlers.onSegmentRequested = async (peer, externalId, requestId, byteFrom) => {
      if (!slots.enter(peer.id)) {
        peer.sendSegmentAbsentCommand(externalId, requestId);
        return;
      }
      try {
        await serve(peer, externalId, requestId, byteFrom);
        await sent(peer);
      } finally {
        if (slots.leave(peer.id)) loader.broadcastAnnouncement();
      }
    };
  }
}

/** The loader is done when everything is in the connection's buffer. */
async function sent({ connection }: Peer): Promise<void> {
  while (connection?.destroyed === false && (connection.bufferSize ?? 0) > NEARLY_SENT)
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
}

function leaveItToTurns(): void {}

function canBeSteered(loader: HybridLoader): boolean {
  return (
    typeof loader.generateQueue === "function" &&
    typeof loader.loadThroughHttp === "function" &&
    typeof loader.loadRandomThroughHttp === "function" &&
    typeof loader.requests?.get === "function"
  );
}

function holdingOf(segment: Segment, peers: readonly Peer[]): Holding {
  let holding: Holding = "nobody";
  for (const peer of peers) {
    const status = peer.getSegmentStatus(segment);
    if (status === "loaded") return "held";
    if (status === "http-loading") holding = "fetching";
  }
  return holding;
}

/** The loader knows its peers by text, and itself by hexadecimal digits. */
function textOf(hex: string): string {
  const bytes = hex.match(/../g) ?? [];
  return new TextDecoder().decode(Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16)));
}

/** Of video, and of audio where it is separate. */
export function loadersOf(engine: HlsJsP2PEngine): HybridLoader[] {
  const core = (engine as unknown as Internals).core as Internals["core"] | undefined;
  return [core?.mainStreamLoader, core?.secondaryStreamLoader].filter((loader) => loader !== undefined);
}
