import type { HlsJsP2PEngine } from "p2p-media-loader-hlsjs";

/** A download in the loader, of one segment, over one or more attempts. */
type Download = { readonly segment: { readonly runtimeId: string }; clearLoadedBytes(): void };
type Peer = { readonly id: string; destroy(): void };
type HybridLoader = {
  readonly requests: { items(): Iterable<Download> };
  readonly p2pLoaders: { readonly currentLoader: { readonly trackerClient: { peers(): Iterable<Peer> } } };
};
type Internals = { readonly core: { mainStreamLoader?: HybridLoader; secondaryStreamLoader?: HybridLoader } };

/*
 * p2p-media-loader offers no way to forget a half-loaded segment or to leave a peer, so these two reach into private
 * fields of the pinned version (2.3.1). test/engine-internals.test.ts goes red when an update moves them. Where they
 * are missing both do nothing: playback stays right, since every whole segment is still checked.
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

function loadersOf(engine: HlsJsP2PEngine): HybridLoader[] {
  const core = (engine as unknown as Internals).core as Internals["core"] | undefined;
  return [core?.mainStreamLoader, core?.secondaryStreamLoader].filter((loader) => loader !== undefined);
}
