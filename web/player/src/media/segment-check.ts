import { segmentKeyOf } from "./segment-url";
import { sha256Hex } from "./sha256";

/** `unchecked`: the URL carries no hash, so nothing can be said. */
export type Verdict = "right" | "wrong" | "unchecked";

/** Holds the bytes of a whole segment against the hash in its URL. */
export async function checkSegment(url: string, data: ArrayBuffer): Promise<Verdict> {
  const key = segmentKeyOf(url);
  if (key === undefined) return "unchecked";
  const hex = await sha256Hex(data);
  return hex.startsWith(key.hash) ? "right" : "wrong";
}
