import { describe, expect, it } from "vitest";
import { type Choice, Sampling } from "../src/audience/sampling";
import type { PlayerJson } from "../src/stream/player-json";

function playerJson(share: number, state = "live"): PlayerJson {
  const reports = { address: "ws://{host}:3000/reports/live", share, every: 30, after: 180 };
  return { state, broadcast: "b", reports } as unknown as PlayerJson;
}

/** A number drawn, and where between three and five minutes it decides. */
function sampling(drawn: number, spread = 0): Sampling {
  const numbers = [drawn, spread];
  return new Sampling(() => numbers.shift() as number);
}

const first = (choice: Choice) => (choice.report ? choice.first : "silent");

describe("whether a viewer reports", () => {
  it.each([
    [0, 180],
    [0.5, 240],
    [0.999, 299.88],
  ])("is decided three to five minutes after it came (spread %s)", (spread, seconds) => {
    const viewer = sampling(0.1, spread);
    expect(first(viewer.look(playerJson(1), 1_000))).toBe("silent");
    expect(first(viewer.look(playerJson(1), 1_000 + seconds - 0.1))).toBe("silent");
    expect(first(viewer.look(playerJson(1), 1_000 + seconds + 0.1))).toBe(true);
  });

  it("does not begin before something is on air", () => {
    const viewer = sampling(0.1);
    viewer.look(playerJson(1, "offline"), 0);
    viewer.look(undefined, 100);
    expect(viewer.hasJoined).toBe(false);
    expect(first(viewer.look(playerJson(1), 1_000))).toBe("silent");
    expect(viewer.session(1_010)).toBe(10);
  });

  it("follows the share by the number drawn once, up and down", () => {
    const viewer = sampling(0.3);
    viewer.look(playerJson(1), 0);
    const says = [0.2, 0.31, 0.29, 1, 0.3].map((share, i) => first(viewer.look(playerJson(share), 200 + i)));
    expect(says).toEqual(["silent", false, "silent", false, "silent"]);
  });

  it("is no where nobody is to report", () => {
    const viewer = sampling(0);
    const player = { ...playerJson(1), reports: undefined };
    viewer.look(player, 0);
    expect(first(viewer.look(player, 1_000))).toBe("silent");
    expect(viewer.hasJoined).toBe(false);
  });

  it("comes to the wanted number in a large audience", () => {
    const audience = Array.from({ length: 20_000 }, () => new Sampling(Math.random));
    for (const viewer of audience) viewer.look(playerJson(1), 0);
    const reporting = audience.filter((viewer) => viewer.look(playerJson(0.003), 301).report).length;
    expect(reporting).toBeGreaterThan(25);
    expect(reporting).toBeLessThan(105);
  });
});
