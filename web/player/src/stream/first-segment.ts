/** What decides where playback begins: of hls.js's levels, or of a multivariant playlist read by `readVariants`. */
export type Offered = { bitrate: number; height: number };
export type Variant = Offered & { url: URL };
export type Listed = {
  /** Seconds from the begin of the list. */
  start: number;
  duration: number;
  url: URL;
  /** Initialization section. */
  map: URL | undefined;
  gap: boolean;
};
export type List = { segments: Listed[]; duration: number; ended: boolean };

/** Lines of picture below which nobody wants to watch, even for a few seconds. */
const SENSIBLE_HEIGHT = 360;
/** Bits a second that stand for it where no size is told. */
const SENSIBLE_RATE = 500_000;
/** Seconds by which hls.js may be further when it chooses. */
const LEEWAY = 0.05;

/**
 * The rendition to begin with: the smallest that is fit to be watched, since it is there soonest; the next segment may be a larger one. Where all are
 * small, the best of them: none takes long.
 * @returns Its index, -1 where there is none.
 */
export function startRendition(offered: readonly Offered[]): number {
  let best = -1;
  for (const [index, one] of offered.entries()) {
    const other = offered[best];
    if (other === undefined || isBetter(one, other)) best = index;
  }
  return best;
}

function isBetter(one: Offered, other: Offered): boolean {
  if (isSensible(one) !== isSensible(other)) return isSensible(one);
  return isSensible(one) ? one.bitrate < other.bitrate : one.bitrate > other.bitrate;
}

function isSensible({ bitrate, height }: Offered): boolean {
  return height > 0 ? height >= SENSIBLE_HEIGHT : bitrate >= SENSIBLE_RATE;
}

/** Reads as much of a multivariant playlist as a start needs; hls.js reads it all. RFC 8216bis, 4.4.6.2 */
export function readVariants(text: string, base: string): Variant[] {
  const variants: Variant[] = [];
  let attributes: string | undefined;
  for (const line of linesOf(text)) {
    if (line.startsWith("#EXT-X-STREAM-INF:")) attributes = line;
    else if (!line.startsWith("#") && attributes !== undefined) {
      const bitrate = Number(/[:,]BANDWIDTH=(\d+)/.exec(attributes)?.[1] ?? 0);
      const height = Number(/[:,]RESOLUTION=\d+x(\d+)/.exec(attributes)?.[1] ?? 0);
      variants.push({ bitrate, height, url: new URL(line, base) });
      attributes = undefined;
    }
  }
  return variants;
}

/** The same of a media playlist. */
export function readList(text: string, base: string): List {
  const segments: Listed[] = [];
  let start = 0;
  let duration = 0;
  let gap = false;
  let map: URL | undefined;
  for (const line of linesOf(text)) {
    if (line.startsWith("#EXTINF:")) duration = Number.parseFloat(line.slice(8)) || 0;
    else if (line === "#EXT-X-GAP") gap = true;
    else if (line.startsWith("#EXT-X-MAP:")) {
      const uri = /URI="([^"]+)"/.exec(line)?.[1];
      map = uri === undefined ? undefined : new URL(uri, base);
    } else if (!line.startsWith("#")) {
      segments.push({ start, duration, url: new URL(line, base), map, gap });
      start += duration;
      gap = false;
    }
  }
  return { segments, duration: start, ended: text.includes("#EXT-X-ENDLIST") };
}

/** The segment that hls.js will ask for first when it is to play so many seconds behind the end; undefined: none can be foretold. */
export function firstSegment({ segments, duration, ended }: List, liveDelay: number): Listed | undefined {
  if (ended) return undefined;
  const position = Math.max(duration - liveDelay, 0) + LEEWAY;
  const found = segments.find((segment) => segment.start + segment.duration > position);
  return found?.gap === false ? found : undefined;
}

function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
