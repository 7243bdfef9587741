import { afterEach, describe, expect, it, vi } from "vitest";
import { checkSegment } from "../src/media/segment-check";
import { isSlate, segmentKeyOf } from "../src/media/segment-url";
import { sha256Hex } from "../src/media/sha256";

const BYTES = new Uint8Array(100_000).map((_, i) => (i * 31) % 251);
const HASH = [...new Uint8Array(await crypto.subtle.digest("SHA-256", BYTES))]
  .map((byte) => byte.toString(16).padStart(2, "0"))
  .join("");
const URL_OF_IT = `https://e/live/b/main/1000007-${HASH.slice(0, 32)}.ts`;

afterEach(() => vi.unstubAllGlobals());

describe("a segment's URL", () => {
  it("tells its number and its hash", () => {
    expect(segmentKeyOf(URL_OF_IT)).toEqual({ number: 1_000_007, hash: HASH.slice(0, 32) });
    expect(segmentKeyOf(`${URL_OF_IT.replace(".ts", ".m4s")}?x=1`)?.number).toBe(1_000_007);
  });

  it.each([
    "https://e/live/b/main/1000007-gap",
    `https://e/live/b/main/init-${HASH.slice(0, 32)}.mp4`,
    `https://e/live/b/main/7-${HASH.slice(0, 31)}.ts`,
    `https://e/live/b/main/7-${HASH.slice(0, 32).toUpperCase()}.ts`,
    `https://e/x.html?u=/7-${HASH.slice(0, 32)}.ts`,
    "https://elsewhere/stream7.ts",
  ])("tells nothing when it is %s", (url) => expect(segmentKeyOf(url)).toBeUndefined());

  it("shows the slate", () => {
    expect(isSlate(`https://e/live/slate/${HASH}/main/0-${HASH.slice(0, 32)}.ts`)).toBe(true);
    expect(isSlate(URL_OF_IT)).toBe(false);
  });
});

describe("the check of a segment", () => {
  it("accepts its bytes and refuses any others", async () => {
    expect(await checkSegment(URL_OF_IT, BYTES.buffer)).toBe("right");
    const other = BYTES.slice();
    other[99_999] = (other[99_999] as number) ^ 1;
    expect(await checkSegment(URL_OF_IT, other.buffer)).toBe("wrong");
    expect(await checkSegment(URL_OF_IT, BYTES.buffer.slice(0, 99_999))).toBe("wrong");
    expect(await checkSegment(URL_OF_IT, new ArrayBuffer(0))).toBe("wrong");
  });

  it("says so when there is no hash to hold the bytes against", async () => {
    expect(await checkSegment("https://elsewhere/stream7.ts", BYTES.buffer)).toBe("unchecked");
  });

  it("works on plain http, where there is no WebCrypto", async () => {
    vi.stubGlobal("crypto", {});
    expect(await sha256Hex(BYTES.buffer)).toBe(HASH);
    expect(await checkSegment(URL_OF_IT, BYTES.buffer)).toBe("right");
  });
});
