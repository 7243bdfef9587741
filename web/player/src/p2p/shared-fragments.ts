import type Hls from "hls.js";
import type { Fragment, LevelDetails } from "hls.js";
import { isSlate, segmentKeyOf } from "../media/segment-url";

type Listed = Pick<Fragment, "url" | "gap" | "byteRange">;

/**
 * The fragments that may be asked of peers. The loader's list is keyed by URL and knows no GAP, so that it would fetch
 * the URI of a GAP ahead of time (which nothing may ever ask for), and would give a slate segment that is listed twice
 * its first number and time for ever. Only what carries its own hash can be checked. All else goes to HTTP, as hls.js
 * asks for it.
 */
export function sharedFragments<T extends Listed>(fragments: readonly T[]): T[] {
  const times = new Map<string, number>();
  for (const { url } of fragments) times.set(url, (times.get(url) ?? 0) + 1);
  return fragments.filter(
    (fragment) =>
      fragment.gap !== true &&
      fragment.byteRange.length === 0 &&
      segmentKeyOf(fragment.url) !== undefined &&
      !isSlate(fragment.url) &&
      times.get(fragment.url) === 1,
  );
}

type Listener = (event: string, data: unknown) => void;

/**
 * The engine forgets all its playlists when media is attached: hls.js does that again to recover from a media error, and loads no
 * multivariant playlist then, so that nothing would ever be shared again.
 */
const UNTOLD = "hlsMediaAttaching";

/**
 * The view of hls.js that the P2P engine is bound to: everything it uses of it (events, media, configuration), with
 * playlists that list only what may be shared. hls.js itself keeps its own list, GAPs included. A listener that comes late is
 * told what it has missed of playlists and levels, as long as that is not out of date.
 */
export function sharedView(hls: Hls): Hls {
  const wrapped = new Map<Listener, Listener>();
  const missed = rememberLists(hls);
  const view = {
    get media() {
      return hls.media;
    },
    get config() {
      return hls.config;
    },
    get userConfig() {
      return hls.userConfig;
    },
    on(event: string, listener: Listener) {
      if (event === UNTOLD) return;
      const own = withSharedFragments(listener);
      wrapped.set(listener, own);
      hls.on(event as never, own as never);
      for (const data of missed(event)) own(event, data);
    },
    off(event: string, listener: Listener) {
      hls.off(event as never, (wrapped.get(listener) ?? listener) as never);
    },
  };
  return view as unknown as Hls;
}

/** Keeps of each event what it takes to catch up, in the order it came: one multivariant playlist, one level, each level's last list. */
function rememberLists(hls: Hls): (event: string) => unknown[] {
  const kept = new Map<string, Map<unknown, unknown>>();
  const keep = (event: string, keyOf: (data: unknown) => unknown) => {
    const byKey = new Map<unknown, unknown>();
    kept.set(event, byKey);
    const listener: Listener = (_, data) => {
      // Last, as it came last.
      byKey.delete(keyOf(data));
      byKey.set(keyOf(data), data);
    };
    hls.on(event as never, listener as never);
  };
  keep("hlsManifestLoaded", () => "");
  keep("hlsLevelSwitching", () => "");
  keep("hlsLevelUpdated", (data) => (data as { details: LevelDetails }).details.url);
  const forget: Listener = () => {
    for (const byKey of kept.values()) byKey.clear();
  };
  hls.on("hlsManifestLoading" as never, forget as never);
  return (event) => [...(kept.get(event)?.values() ?? [])];
}

/** Passes an event on; where it brings a playlist, with the shared fragments only. */
function withSharedFragments(listener: Listener): Listener {
  return (event, data) => {
    if (event !== "hlsLevelUpdated" && event !== "hlsAudioTrackLoaded") {
      listener(event, data);
      return;
    }
    const { details } = data as { details: LevelDetails };
    const fragments = sharedFragments(details.fragments);
    // The engine reads the first fragment without asking whether there is one.
    if (fragments.length === 0) return;
    const shared: unknown = Object.create(details, { fragments: { value: fragments, enumerable: true } });
    listener(event, { ...(data as object), details: shared });
  };
}
