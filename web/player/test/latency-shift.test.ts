import { describe, expect, it } from "vitest";
import { LatencyShift } from "../src/media/latency-shift";

/** A viewer whose picture goes on at the rate it is given, a second at a time; buffered: up to two seconds from the edge. */
class Viewer {
  now = 0;
  readonly rates = new Set<number>();

  constructor(
    readonly shift: LatencyShift,
    public latency: number,
    private readonly catchUp = false,
  ) {}

  play(seconds: number): void {
    for (let i = 0; i < seconds; i++) {
      const rate = this.shift.rate(this.now, this.latency, this.latency - 2, 2, this.catchUp);
      this.rates.add(rate);
      this.now += 1_000;
      this.latency += 1 - rate;
    }
  }

  stall(seconds: number): void {
    this.latency += seconds;
    this.now += 1_000 * seconds;
    this.shift.stalled(this.now, this.latency);
  }
}

describe("a viewer", () => {
  it("plays at rate 1 while it is about where all are meant to be, or nearer", () => {
    for (const latency of [9, 8, 6]) {
      const viewer = new Viewer(new LatencyShift(8, 0), latency);
      viewer.play(600);
      expect([...viewer.rates]).toEqual([1]);
    }
  });

  it("who is further behind catches up by three in a hundred, after twenty seconds, and never comes nearer than all others", () => {
    const viewer = new Viewer(new LatencyShift(8, 0), 14);
    viewer.play(20);
    expect([...viewer.rates]).toEqual([1]);
    viewer.play(100);
    expect(viewer.latency).toBeCloseTo(11, 0);
    viewer.play(400);
    expect([...viewer.rates].sort()).toEqual([1, 1.03]);
    expect(viewer.latency).toBeGreaterThan(8);
    expect(viewer.latency).toBeLessThan(9);
  });

  it("catches up only with more than a segment in the buffer, and not soon after a stall", () => {
    const shift = new LatencyShift(8, 0);
    expect(shift.rate(30_000, 14, 3, 2, false)).toBe(1);
    expect(shift.rate(31_000, 14, 3.1, 2, false)).toBe(1.03);
    expect(shift.rate(31_200, 14, 2.1, 2, false)).toBe(1.03);
    expect(shift.rate(31_400, 14, 2, 2, false)).toBe(1);
    expect(shift.rate(31_600, 14, 3, 2, false)).toBe(1);
    shift.stalled(32_000, 16);
    expect(shift.rate(33_000, 16, 9, 2, false)).toBe(1);
    expect(shift.rate(152_000, 16, 9, 2, false)).toBe(1);
    expect(shift.rate(152_001, 16, 9, 2, false)).toBe(1.03);
  });

  it("on its way for itself follows a new delay like all others", () => {
    const shift = new LatencyShift(8, 0);
    expect(shift.rate(30_000, 14, 9, 2, false)).toBe(1.03);
    shift.follow(9, 14);
    expect(shift.rate(31_000, 14, 9, 2, false)).toBe(1);
    expect(shift.rate(32_000, 14, 9, 2, false)).toBe(1.03);
  });

  it("comes to a longer delay by playing a twentieth slower, within 20 s for each second", () => {
    const viewer = new Viewer(new LatencyShift(8, 0), 8.4);
    viewer.shift.follow(11, viewer.latency);
    expect(viewer.shift.settledDelay).toBe(8);
    viewer.play(40);
    expect(viewer.latency).toBeCloseTo(10.4);
    viewer.play(30);
    expect(viewer.latency).toBeGreaterThan(10.7);
    expect(viewer.latency).toBeLessThan(11.1);
    expect([...viewer.rates].sort()).toEqual([0.95, 1]);
    expect(viewer.shift.settledDelay).toBe(11);
  });

  it("who is that far behind already stays where it is", () => {
    const viewer = new Viewer(new LatencyShift(8, 0), 12);
    viewer.shift.follow(11, viewer.latency);
    viewer.play(60);
    expect([...viewer.rates]).toEqual([1]);
  });

  it("comes to a shorter delay by playing a twentieth faster, and stays as much behind it as it was", () => {
    const viewer = new Viewer(new LatencyShift(12, 0), 14, true);
    viewer.shift.follow(10, viewer.latency);
    expect(viewer.shift.settledDelay).toBe(10);
    viewer.play(80);
    expect(viewer.latency).toBeGreaterThan(11.8);
    expect(viewer.latency).toBeLessThan(12.3);
    expect([...viewer.rates].sort()).toEqual([1, 1.05]);
  });

  it("gives nothing away that it has not got: with a short buffer it does not play faster", () => {
    const shift = new LatencyShift(12, 0);
    shift.follow(8, 12);
    expect(shift.rate(0, 12, 2.9, 2, false)).toBe(1);
    expect(shift.rate(0, 12, 3.1, 2, false)).toBe(1.05);
  });

  it("stalls on its way to a shorter delay, and gives up", () => {
    const viewer = new Viewer(new LatencyShift(12, 0), 12);
    viewer.shift.follow(8, viewer.latency);
    viewer.play(10);
    viewer.stall(3);
    viewer.rates.clear();
    viewer.play(60);
    expect([...viewer.rates]).toEqual([1]);
  });

  it("takes up one change after another while it is on its way", () => {
    const viewer = new Viewer(new LatencyShift(8, 0), 8);
    viewer.shift.follow(9, viewer.latency);
    viewer.play(5);
    viewer.shift.follow(10, viewer.latency);
    viewer.play(5);
    viewer.shift.follow(9, viewer.latency);
    viewer.play(60);
    expect(Math.abs(viewer.latency - 9)).toBeLessThan(0.3);
  });

  it("makes up for stalls after two minutes without one, faster where the delay follows the viewers", () => {
    for (const catchUp of [true, false]) {
      const viewer = new Viewer(new LatencyShift(8, 0), 8, catchUp);
      viewer.stall(4);
      viewer.play(119);
      expect([...viewer.rates]).toEqual([1]);
      viewer.play(catchUp ? 90 : 140);
      expect([...viewer.rates].sort()).toEqual([1, catchUp ? 1.05 : 1.03]);
      expect(viewer.latency).toBeLessThan(8.8);
    }
  });
});
