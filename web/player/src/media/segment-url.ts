/** What a segment's key says of it: `{number}-{32 hex digits of its SHA-256}.ts` or `.m4s`. */
export type SegmentKey = { number: number; hash: string };

const KEY = /\/(\d{1,15})-([0-9a-f]{32})\.(?:ts|m4s)$/;

/** Undefined for anything that is not a segment of ours: a GAP, an initialization section, somebody else's file. */
export function segmentKeyOf(url: string): SegmentKey | undefined {
  const path = url.split(/[?#]/, 1)[0] ?? "";
  const match = KEY.exec(path);
  if (match === null) return undefined;
  return { number: Number(match[1]), hash: match[2] as string };
}

/** `{stream}/slate/{hash}/{rendition}/…`: the same segments are listed again and again, under other numbers. */
export function isSlate(url: string): boolean {
  return /\/slate\/[0-9a-f]{8,64}\/[^/]+\/[^/]+$/.test(url.split(/[?#]/, 1)[0] ?? "");
}
