import { describe, expect, it } from "vitest";
import type { Link } from "../src/api/live";
import { findingsOf, stateWords, verdictOf } from "../src/model/verdict";
import { sample, well } from "./sample";

const LIVE: Link = { state: "live" };

describe("the first line", () => {
  it("says that all is well, and since when it is on air", () => {
    expect(verdictOf(well(), LIVE, 0)).toEqual({
      level: "good",
      headline: "All is well.",
      detail: "Autumn concert is on air, for 40 min 28 s.",
      findings: [],
    });
  });

  it("says what is wrong and what to do, the fault before the advice", () => {
    const verdict = verdictOf(sample(), LIVE, 0);
    expect(verdict.level).toBe("fault");
    expect(verdict.headline).toBe("Something is wrong.");
    expect(verdict.findings.map(({ level, stream, message }) => [level, stream, message])).toEqual([
      ["fault", "live", "The store answered 503 (SlowDown)."],
      ["advice", "live", "Keyframes are 8 s apart: set the encoder to one every 2 s."],
    ]);
    expect(verdict.findings[0]?.remedy).toContain("It is tried again");
  });

  it("does not call it wrong when there is only advice", () => {
    const status = well();
    status.streams[0].advice = [{ kind: "peers", text: "Nobody gets anything from peers." }];
    expect(verdictOf(status, LIVE, 0)).toMatchObject({
      level: "advice",
      headline: "It works; one thing to look at.",
    });
  });

  it("says the same words once", () => {
    const status = well();
    status.streams[0].advice = [{ kind: "store", text: "Players poll this server." }];
    status.origin.advice = "Players poll this server.";
    expect(findingsOf(status)).toHaveLength(1);
  });

  it("knows the spool's disk and a tracker that is gone", () => {
    const status = well();
    status.store.spool.fault = {
      kind: "spool",
      since: null,
      message: "The disk is full.",
      remedy: "Make room.",
    };
    status.tracker.nodes = status.tracker.nodes.map((node) => ({ ...node, lives: false }));
    expect(findingsOf(status).map(({ level }) => level)).toEqual(["fault", "advice"]);
  });

  it("is calm when nothing is on air", () => {
    const status = well();
    Object.assign(status.streams[0], { state: "offline", onAirSince: null, onAirSeconds: null });
    expect(verdictOf(status, LIVE, 0)).toMatchObject({ level: "idle", headline: "Nothing is on air." });
    status.streams[0].state = "standby";
    expect(verdictOf(status, LIVE, 0).detail).toBe("This instance stands by: another one writes.");
  });

  it("says that a stream is starting before it is on air", () => {
    const status = well();
    Object.assign(status.streams[0], { state: "ended", onAirSince: null, onAirSeconds: null });
    Object.assign(status.streams[0].source, { state: "starting", starting: 1 });
    expect(verdictOf(status, LIVE, 0)).toMatchObject({
      level: "idle",
      headline: "Autumn concert is starting.",
      detail: "1 of the 3 segments have come that a broadcast begins with.",
    });
    expect(stateWords(status.streams[0])).toBe("starting");
    status.streams[0].source.starting = 3;
    expect(verdictOf(status, LIVE, 0).detail).toContain("being stored");
  });

  it("says that the source is late before it counts as away, and calls it no fault", () => {
    const status = well();
    status.streams[0].source.state = "late";
    const verdict = verdictOf(status, LIVE, 0);
    expect(verdict.level).toBe("advice");
    expect(verdict.findings[0]?.message).toContain("The source is late");
  });

  it("says that viewers see the slate", () => {
    const status = well();
    status.streams[0].state = "slate";
    expect(verdictOf(status, LIVE, 0).detail).toBe("Viewers see the slate, for 40 min 28 s.");
  });

  it("never says that all is well when the server does not answer", () => {
    const gone: Link = { state: "gone", since: 1000, retryAt: 0 };
    expect(verdictOf(well(), gone, 43_000)).toMatchObject({
      level: "unknown",
      headline: "The server does not answer.",
    });
    // The headline is read aloud when it changes: the age, which changes each second, stands below it.
    expect(verdictOf(well(), gone, 43_000).detail).toContain("What stands below is 42 s old.");
    expect(verdictOf(undefined, gone, 43_000).headline).toBe("The server does not answer.");
    expect(verdictOf(undefined, { state: "connecting" }, 0).headline).toBe("Asking the server…");
  });
});
