import { describe, expect, it } from "vitest";
import { EdgeTurns, type Holding, placeOf, turnsFor } from "../src/p2p/edge-turns";
import { timeWindows } from "../src/p2p/time-windows";

const TURNS = { step: 300, patience: 1_000, settling: 2_000 };
const NAMES = ["a", "b", "c", "d", "e", "f", "g", "h"];

/** A viewer that has been connected for long. */
function settled(own: string, peers: readonly string[]): EdgeTurns {
  const turns = new EdgeTurns(TURNS);
  turns.due(-10_000, own, peers, []);
  return turns;
}

function whenDue(own: string, peers: readonly string[], holding: (now: number) => Holding, until = 10_000) {
  const turns = settled(own, peers);
  for (let now = 0; now <= until; now += 50)
    if (turns.due(now, own, peers, [{ number: 7, holding: holding(now) }]).length > 0) return now;
  return undefined;
}

const others = (own: string) => NAMES.filter((name) => name !== own);

describe("the row of viewers for a segment", () => {
  it("is the same for all who know each other, and gives every place once", () => {
    for (let number = 0; number < 200; number++) {
      const places = NAMES.map((own) => placeOf(number, own, others(own)));
      expect(places.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    }
  });

  it("changes with the segment, so that everybody's turn comes about as often", () => {
    const first = new Map<string, number>();
    for (let number = 1_000_000; number < 1_004_000; number++) {
      const name = NAMES.find((own) => placeOf(number, own, others(own)) === 0) as string;
      first.set(name, (first.get(name) ?? 0) + 1);
    }
    for (const name of NAMES) expect(first.get(name)).toBeGreaterThan(400);
  });

  it("has as many first ones as circles of a tenth of the viewers, where each knows a tenth", () => {
    // A ring: everybody knows the ten on each side.
    const ids = Array.from({ length: 210 }, (_, i) => `-PM0203-${(i * 7919).toString(36)}`);
    const near = (i: number) =>
      Array.from({ length: 21 }, (_, k) => ids[(i + k - 10 + ids.length) % ids.length] as string).filter(
        (id) => id !== ids[i],
      );
    let first = 0;
    for (let number = 0; number < 100; number++)
      for (const [i, id] of ids.entries()) if (placeOf(number, id, near(i)) === 0) first++;
    expect(first / 100).toBeGreaterThan(6);
    expect(first / 100).toBeLessThan(14);
  });
});

describe("the turn", () => {
  it("comes at once to the first and a step later to each next, while nobody has the segment", () => {
    for (const own of NAMES)
      expect(whenDue(own, others(own), () => "nobody")).toBe(300 * placeOf(7, own, others(own)));
  });

  it("never comes to one who is alone", () => {
    expect(whenDue("a", [], () => "nobody")).toBeUndefined();
  });

  it("does not come while a peer has the segment, and comes again when all who had it are gone", () => {
    const last = NAMES.find((own) => placeOf(7, own, others(own)) === 7) as string;
    expect(whenDue(last, others(last), () => "held")).toBeUndefined();
    const first = NAMES.find((own) => placeOf(7, own, others(own)) === 0) as string;
    expect(whenDue(first, others(first), (now) => (now < 1_000 ? "held" : "nobody"))).toBe(1_000);
  });

  it("passes on from one who says that it is fetching and never has it: dead, slow or lying", () => {
    const second = NAMES.find((own) => placeOf(7, own, others(own)) === 1) as string;
    expect(whenDue(second, others(second), (now) => (now < 100 ? "nobody" : "fetching"))).toBe(
      100 + 1_000 + 300,
    );
  });

  it("passes on at once from one who was fetching and has left", () => {
    const second = NAMES.find((own) => placeOf(7, own, others(own)) === 1) as string;
    expect(whenDue(second, others(second), (now) => (now > 100 && now < 600 ? "fetching" : "nobody"))).toBe(
      900,
    );
  });

  it("waits for what the first peers have to say after they have come", () => {
    const turns = new EdgeTurns(TURNS);
    const ask = (now: number) => turns.due(now, "a", ["b"], [{ number: 7, holding: "nobody" }]);
    const step = 300 * placeOf(7, "a", ["b"]);
    expect(ask(0)).toEqual([]);
    expect(ask(1_900 + step)).toEqual([]);
    expect(ask(2_000 + step)).toEqual([7]);
    // All have left, and another one comes.
    turns.due(3_000, "a", [], []);
    expect(ask(4_000)).toEqual([]);
  });

  it("forgets segments that are wanted no more", () => {
    const turns = settled("a", ["b"]);
    for (let number = 0; number < 10_000; number++)
      turns.due(number, "a", ["b"], [{ number, holding: "held" }]);
    expect((turns as unknown as { waiting: Map<number, unknown> }).waiting.size).toBe(1);
  });
});

describe("the steps", () => {
  it("let a whole row of eight have its turn before a segment becomes urgent", () => {
    for (const [segment, delay] of [
      [2, 7],
      [2, 9],
      [4, 13],
      [6, 19],
    ] as const) {
      const { highDemandTimeWindow } = timeWindows(segment, delay);
      const { step, patience } = turnsFor(segment, delay, highDemandTimeWindow);
      const spare = 1_000 * (delay - segment - highDemandTimeWindow);
      expect(7 * step).toBeLessThan(spare);
      expect(patience + 2 * step).toBeLessThan(spare);
      expect(step).toBeGreaterThanOrEqual(150);
    }
  });
});
