import type Hls from "hls.js";
import { describe, expect, it } from "vitest";
import { sharedFragments, sharedView } from "../src/p2p/shared-fragments";

const hash = (n: number) => n.toString(16).padStart(32, "0");
const segment = (n: number, more = {}) => ({
  url: `https://e/live/b/main/${n}-${hash(n)}.ts`,
  gap: false,
  byteRange: [] as number[],
  ...more,
});
type Item = Parameters<typeof sharedFragments>[0][number];
const numbers = (list: readonly unknown[]) =>
  list.map((item) => (item as Item).url.replace(/.*\/(.*)-.*/, "$1"));

describe("what may be asked of peers", () => {
  it("are segments that carry their hash, and neither GAPs nor the slate", () => {
    const slate = { ...segment(9), url: `https://e/live/slate/${hash(5)}/main/0-${hash(9)}.ts` };
    const list = [
      segment(1),
      { ...segment(2), url: "https://e/live/b/main/2-gap", gap: true },
      segment(3, { gap: true }),
      slate,
      { ...segment(5), url: "https://elsewhere/5.ts" },
      segment(6, { byteRange: [0, 100] }),
      segment(7),
    ] as Item[];
    expect(numbers(sharedFragments(list))).toEqual(["1", "7"]);
  });

  it("is nothing that is listed twice", () => {
    const list = [segment(1), segment(2), segment(1), segment(3)] as Item[];
    expect(numbers(sharedFragments(list))).toEqual(["2", "3"]);
  });
});

describe("the engine's view of hls.js", () => {
  /** Only what a view uses of hls.js: its events. */
  function emitter() {
    const listeners = new Map<string, Set<(event: string, data: unknown) => void>>();
    return {
      media: null,
      config: { a: 1 },
      userConfig: {},
      on: (event: string, listener: never) =>
        listeners.set(event, (listeners.get(event) ?? new Set()).add(listener)),
      off: (event: string, listener: never) => listeners.get(event)?.delete(listener),
      emit: (event: string, data: unknown) => {
        for (const listener of listeners.get(event) ?? []) listener(event, data);
      },
    };
  }

  it("lists what may be shared, and leaves the player's own list alone", () => {
    const hls = emitter();
    const view = sharedView(hls as unknown as Hls);
    const seen: { fragments: unknown[]; live: boolean }[] = [];
    const listener = (_: string, data: { details: (typeof seen)[number] }) => seen.push(data.details);
    view.on("hlsLevelUpdated" as never, listener as never);
    const details = { live: true, fragments: [segment(1), segment(2, { gap: true }), segment(3)] };
    hls.emit("hlsLevelUpdated", { details });
    expect(numbers(seen[0]?.fragments ?? [])).toEqual(["1", "3"]);
    expect(seen[0]?.live).toBe(true);
    expect(details.fragments).toHaveLength(3);

    view.off("hlsLevelUpdated" as never, listener as never);
    hls.emit("hlsLevelUpdated", { details });
    expect(seen).toHaveLength(1);
  });

  it("keeps a playlist of nothing but GAPs from the engine, which would fail on it", () => {
    const hls = emitter();
    let calls = 0;
    sharedView(hls as unknown as Hls).on("hlsLevelUpdated" as never, (() => calls++) as never);
    hls.emit("hlsLevelUpdated", { details: { live: true, fragments: [segment(1, { gap: true })] } });
    expect(calls).toBe(0);
  });

  it("tells a listener that comes late what it has missed, and keeps the engine's lists over a recovery of the media", () => {
    const hls = emitter();
    const view = sharedView(hls as unknown as Hls);
    const list = (url: string, n: number) => ({ details: { url, fragments: [segment(n)] } });
    hls.emit("hlsManifestLoading", {});
    hls.emit("hlsLevelUpdated", list("a", 1));
    hls.emit("hlsLevelUpdated", list("b", 2));
    hls.emit("hlsLevelUpdated", list("a", 3));
    const seen: string[] = [];
    view.on(
      "hlsLevelUpdated" as never,
      ((_: string, data: { details: { fragments: unknown[] } }) =>
        seen.push(...numbers(data.details.fragments))) as never,
    );
    expect(seen).toEqual(["2", "3"]);
    hls.emit("hlsLevelUpdated", list("a", 4));
    expect(seen).toEqual(["2", "3", "4"]);

    let forgotten = 0;
    view.on("hlsMediaAttaching" as never, (() => forgotten++) as never);
    hls.emit("hlsMediaAttaching", {});
    expect(forgotten).toBe(0);

    // Another multivariant playlist: what was is out of date.
    hls.emit("hlsManifestLoading", {});
    view.on("hlsLevelUpdated" as never, (() => forgotten++) as never);
    expect(forgotten).toBe(0);
  });
});
