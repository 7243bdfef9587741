import { describe, expect, it } from "vitest";
import type { Phase } from "../src/media/playback";
import { type PlayerJson, parsePlayerJson } from "../src/stream/player-json";
import {
  asideFor,
  formatBytes,
  formatLatency,
  formatShare,
  messageFor,
  type Situation,
  stateOf,
} from "../src/ui/words";

function player(state: string): PlayerJson {
  const parsed = parsePlayerJson(JSON.stringify({ state, broadcast: "b" }));
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.value;
}

const situation = (phase: Phase, more: Partial<Situation> = {}): Situation => ({
  phase,
  player: player("live"),
  trouble: "",
  listEnded: false,
  onSlate: null,
  failure: undefined,
  offline: false,
  ...more,
});

describe("what is said to the viewer", () => {
  it("is nothing while the stream plays, whatever the news", () => {
    expect(messageFor(situation("playing"))).toBeUndefined();
    expect(messageFor(situation("playing", { trouble: "player.json: HTTP 503" }))).toBeUndefined();
  });

  it("is always what is being done about it when the picture stands still", () => {
    const phases: Phase[] = ["waiting", "starting", "holding", "recovering", "blocked", "unsupported"];
    for (const phase of phases) expect(messageFor(situation(phase))?.detail).not.toBe("");
    expect(messageFor(situation("recovering"))).toEqual({
      title: "The stream stopped.",
      detail: "It starts again by itself.",
      busy: true,
    });
    expect(messageFor(situation("recovering", { listEnded: true }))?.title).toBe("This broadcast has ended.");
  });

  it("names what is wrong once it has failed again, and offers to try at once", () => {
    const failing = (trouble: "media" | "network" | "other", count: number) =>
      messageFor(situation("recovering", { failure: { trouble, detail: "bufferAppendError", count } }));
    expect(failing("media", 1)?.retry).toBeUndefined();
    expect(failing("media", 2)?.title).toBe("The picture cannot be decoded.");
    expect(failing("network", 2)?.title).toBe("The stream cannot be loaded.");
    for (const trouble of ["media", "network", "other"] as const)
      expect(failing(trouble, 3)).toMatchObject({
        retry: true,
        detail: expect.stringContaining("bufferAppendError"),
      });
    const offline = messageFor(situation("recovering", { offline: true }));
    expect(offline?.title).toBe("You are offline.");
    const waiting = { player: undefined, trouble: "player.json: Failed to fetch" };
    expect(messageFor(situation("waiting", waiting))?.retry).toBe(true);
    expect(messageFor(situation("waiting", { ...waiting, offline: true }))?.title).toBe("You are offline.");
  });

  it("is only a quiet word beside the picture while the slate is on it", () => {
    const slate = situation("playing", { onSlate: true });
    expect(messageFor(slate)).toBeUndefined();
    expect(asideFor(slate)).toBe("The show will be back soon.");
    expect(asideFor(situation("playing", { player: player("slate") }))).toBe("The show will be back soon.");
    expect(asideFor(situation("playing"))).toBe("");
    expect(asideFor(situation("recovering", { onSlate: true }))).toBe("");
  });

  it("goes by the picture and not by the news, which are ahead of it", () => {
    expect(stateOf(situation("playing", { player: player("slate"), onSlate: false }))).toBe("live");
    expect(stateOf(situation("playing", { player: player("live"), onSlate: true }))).toBe("slate");
  });

  it("tells apart not yet, no more, and out of reach", () => {
    const waiting = (more: Partial<Situation>) => messageFor(situation("waiting", more))?.title;
    expect(waiting({ player: null })).toBe("Not on air yet.");
    expect(waiting({ player: player("offline") })).toBe("Not on air yet.");
    expect(waiting({ player: player("ended") })).toBe("The broadcast has ended.");
    expect(waiting({ player: undefined })).toBe("Looking for the stream…");
    expect(waiting({ player: undefined, trouble: "HTTP 503" })).toBe("The stream cannot be reached.");
  });

  it("has one word for the figures", () => {
    expect(stateOf(situation("playing"))).toBe("live");
    expect(stateOf(situation("playing", { player: player("slate") }))).toBe("slate");
    expect(stateOf(situation("waiting", { player: undefined }))).toBe("looking");
    expect(stateOf(situation("waiting", { player: null }))).toBe("offline");
    expect(stateOf(situation("waiting", { player: player("ended") }))).toBe("ended");
    expect(stateOf(situation("holding"))).toBe("holding");
  });
});

describe("figures", () => {
  it("are written shortly", () => {
    expect([0, 999, 1_000, 999_999, 2_500_000, 3_210_000_000].map(formatBytes)).toEqual([
      "0 B",
      "999 B",
      "1 kB",
      "1000 kB",
      "2.5 MB",
      "3.21 GB",
    ]);
    expect(formatShare(0, 0)).toBe("–");
    expect(formatShare(3, 1)).toBe("75 %");
    expect([formatLatency(null), formatLatency(8.04)]).toEqual(["–", "8.0 s"]);
  });
});
