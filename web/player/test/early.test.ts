import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EarlyRequests } from "../src/stream/early";

const URL_ = new URL("https://e/live/playlist.m3u8");

describe("a request that is sent ahead of the player", () => {
  let now = 0;
  let sent: string[] = [];

  const requests = (status = 200) =>
    new EarlyRequests(
      async (url) => {
        sent.push(url);
        now += 40;
        return new Response("#EXTM3U", { status });
      },
      () => now,
    );

  beforeEach(() => {
    now = 0;
    sent = [];
    vi.useFakeTimers();
  });
  afterEach(() => void vi.useRealTimers());

  it("is given to the first who wants it, with its times", async () => {
    const early = requests();
    early.ask(URL_);
    const answer = await early.take(URL_.href);
    expect(answer).toMatchObject({ begun: 0, first: 40 });
    expect(new TextDecoder().decode(answer?.body)).toBe("#EXTM3U");
    expect(early.take(URL_.href)).toBeUndefined();
    expect(sent).toEqual([URL_.href]);
  });

  it("is of no use once the playlist will have changed", async () => {
    const early = requests();
    await early.ask(URL_);
    now += 3_000;
    expect(early.take(URL_.href)).toBeUndefined();
  });

  it("that fails is told of to who takes it, and to nobody else", async () => {
    const early = requests(404);
    early.ask(URL_).catch(() => {});
    await expect(early.take(URL_.href)).rejects.toThrow("HTTP 404");
  });

  it("is forgotten when nobody wants it", () => {
    const early = requests();
    early.ask(URL_);
    vi.advanceTimersByTime(10_000);
    expect(early.take(URL_.href)).toBeUndefined();
  });
});
