import { describe, expect, it } from "vitest";
import { History, Rate } from "../src/model/history";
import { StreamHistory } from "../src/model/stream-history";
import { well } from "./sample";

describe("history", () => {
  it("keeps a whole night in a bounded room, evenly", () => {
    const history = new History(1);
    const night = 12 * 3600;
    for (let second = 0; second < night; second++) history.add(second, [second]);
    const [times, values] = history.columns;
    expect(times.length).toBeGreaterThan(1000);
    expect(times.length).toBeLessThanOrEqual(2400);
    expect(values).toEqual(times);
    expect(times[0]).toBe(0);
    expect(times.at(-1)).toBeGreaterThan(night - 60);
    const steps = times.slice(1).map((time, at) => time - (times[at] as number));
    expect(Math.max(...steps)).toBe(Math.min(...steps));
  });

  it("times only rise, also when the server's clock is set back", () => {
    const history = new History(1);
    expect(history.add(100, [1])).toBe(true);
    expect(history.add(50, [2])).toBe(false);
    expect(history.add(100, [2])).toBe(false);
    expect(history.add(101, [3])).toBe(true);
    expect(history.columns).toEqual([
      [100, 101],
      [1, 3],
    ]);
  });

  it("a break is a hole in every line", () => {
    const history = new History(2);
    history.add(1, [1, 2]);
    history.breakAt(2);
    expect(history.columns).toEqual([
      [1, 2],
      [1, null],
      [2, null],
    ]);
  });
});

describe("rate", () => {
  it("is the mean of the last minute", () => {
    const rate = new Rate();
    let value = 0;
    let last: number | null = null;
    for (let second = 0; second <= 100; second++) {
      last = rate.next(second, value);
      // Ten times as fast from the 40th second on.
      value += second < 40 ? 10 : 100;
    }
    expect(last).toBe(100);
  });

  it("is not known at first, nor when the counter begins anew", () => {
    const rate = new Rate();
    expect(rate.next(0, 1000)).toBeNull();
    expect(rate.next(10, 2000)).toBe(100);
    expect(rate.next(11, 5)).toBeNull();
    expect(rate.next(21, 1005)).toBe(100);
    expect(rate.next(22, null)).toBeNull();
    expect(rate.next(23, 2000)).toBeNull();
  });
});

it("a new broadcast's counters do not make a negative rate, nor a huge one", () => {
  const history = new StreamHistory();
  const [stream] = well().streams;
  const at = (broadcast: string, bytes: number) => ({
    ...stream,
    broadcast,
    ways: { ...stream.ways, fromOrigin: bytes },
  });
  for (let second = 0; second < 20; second++) history.add(second, at("a", 1000 * second));
  for (let second = 20; second < 40; second++) history.add(second, at("b", 1e9 + 1000 * second));
  const origin = history.ways.columns[3] as (number | null)[];
  expect(origin.filter((rate) => rate !== null)).toEqual(Array.from({ length: 30 }, () => 8000));
});
