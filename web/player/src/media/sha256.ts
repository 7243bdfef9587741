import { sha256 } from "@noble/hashes/sha2.js";

/** Lower-case hex of the SHA-256. WebCrypto where it is; it is absent on plain http, as on a venue's own network. */
export async function sha256Hex(data: ArrayBuffer): Promise<string> {
  const subtle = globalThis.crypto?.subtle;
  const digest = subtle ? new Uint8Array(await subtle.digest("SHA-256", data)) : sha256(new Uint8Array(data));
  let hex = "";
  for (const byte of digest) hex += byte.toString(16).padStart(2, "0");
  return hex;
}
