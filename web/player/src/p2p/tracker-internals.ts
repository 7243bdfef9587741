import type { HlsJsP2PEngine } from "p2p-media-loader-hlsjs";
import { loadersOf } from "./engine-internals";

/** One tracker of one swarm, in bittorrent-tracker's client. Sockets to one address are shared between swarms. */
export type Tracker = {
  announceUrl: string;
  /** Also while it waits to open its socket again. */
  readonly destroyed: boolean;
  /** From the loss of its socket until the next one is open. */
  reconnecting: boolean;
  readonly reconnectTimer: ReturnType<typeof setTimeout> | null;
  readonly socket: { readonly connected: boolean } | null;
  readonly client: {
    on(event: "update", listener: (update: { complete?: unknown; incomplete?: unknown }) => void): void;
    /** The tracker has refused an announce, or the socket is lost, or an offer came to nothing. */
    on(event: "warning", listener: (error: unknown) => void): void;
    /** Announces, with new offers. */
    update(): void;
  };
  destroy(): void;
  _openSocket(): void;
};

export type Swarm = { readonly tracker: Tracker; readonly connections: number };

/*
 * p2p-media-loader has no way to change the tracker of a running engine, and bittorrent-tracker's client stays away for ten seconds
 * to five minutes once its socket has closed, however soon the tracker is back. So these reach into private fields of the pinned
 * versions (2.3.1, and 11.2.2 in its bundle). test/tracker-internals.test.ts goes red when an update moves them. Where they are missing nothing is
 * found, and the library does as it would by itself.
 */

/** Trackers of all swarms that the engine is in: the rendition on screen, the one before it, separate audio. */
export function trackersOf(engine: HlsJsP2PEngine): Tracker[] {
  return loadersOf(engine)
    .flatMap((hybrid) => [...(hybrid.p2pLoaders?.loaders?.values?.() ?? [])])
    .flatMap(({ loader }) => loader?.trackerClient?.client?._trackers ?? [])
    .filter((tracker) => typeof tracker._openSocket === "function");
}

/** The swarm on screen; undefined while nothing is played through the engine. */
export function swarmOnScreen(engine: HlsJsP2PEngine): Swarm | undefined {
  const [hybrid] = loadersOf(engine);
  const trackerClient = hybrid?.p2pLoaders?.currentLoader?.trackerClient;
  const tracker = trackerClient?.client?._trackers?.[0];
  if (trackerClient === undefined || tracker === undefined) return undefined;
  return { tracker, connections: [...trackerClient.peers()].length };
}

export function isConnected(tracker: Tracker): boolean {
  return !tracker.destroyed && tracker.socket?.connected === true;
}

/** It has lost its socket and would wait for its own time to come. */
export function isWaiting(tracker: Tracker): boolean {
  return tracker.destroyed && tracker.reconnecting;
}

/**
 * Opens its socket now, at this address. It is the library's own way to reconnect, only sooner: it announces itself once the socket
 * is open. Connections to peers stay; offers that nobody has answered yet are given up.
 */
export function openAgain(tracker: Tracker, url: string): void {
  clearTimeout(tracker.reconnectTimer ?? undefined);
  if (!tracker.destroyed) tracker.destroy();
  tracker.announceUrl = url;
  tracker.reconnecting = true;
  tracker._openSocket();
}
