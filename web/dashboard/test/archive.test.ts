import { expect, it } from "vitest";
import type { BroadcastSummary } from "../src/api/types";
import { deleteReplay, deleteReport, downloadReplay, mayDeleteReport } from "../src/model/archive";
import { well } from "./sample";

const [stream] = well().streams;
const summary = (state: string, broadcast = "20261121T190000Z-aaaa"): BroadcastSummary =>
  ({ state, broadcast, title: "", begin: null }) as unknown as BroadcastSummary;

it("what is deleted is asked about as what cannot be taken back", () => {
  for (const question of [deleteReplay("A show, 21 Nov"), deleteReport("A show, 21 Nov")]) {
    expect(question.danger).toBe(true);
    expect(question.title).toMatch(/\?$/);
    expect(question.text).toContain("A show, 21 Nov");
  }
});

it("a download asks only while it could be in the way of a show", () => {
  expect(downloadReplay({ ...stream, onAirSince: "2026-11-22T19:00:00Z" }, "A show")?.text).toContain(
    "uploads",
  );
  expect(downloadReplay({ ...stream, onAirSince: null }, "A show")).toBeNull();
});

it("a report is not deleted before its broadcast has ended", () => {
  const onAir = { ...stream, onAirSince: "2026-11-22T19:00:00Z", broadcast: "20261122T190000Z-bbbb" };
  expect(mayDeleteReport(onAir, summary("ended"))).toBe(true);
  expect(mayDeleteReport(onAir, summary("onAir"))).toBe(false);
  expect(mayDeleteReport(onAir, summary("unreadable"))).toBe(true);
  expect(mayDeleteReport(onAir, summary("unreadable", onAir.broadcast))).toBe(false);
  expect(mayDeleteReport({ ...onAir, onAirSince: null }, summary("unreadable", onAir.broadcast))).toBe(true);
});
