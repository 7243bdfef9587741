import text from "../../../tests/Spillway.Tests/Dashboard/status.sample.json?raw";
import type { EntryPicture, StatusDocument, StreamPicture } from "../src/api/types";

/** The server's own sample, which its tests hold against its records. */
export const sample = (): StatusDocument => JSON.parse(text) as StatusDocument;

/** The sample with one stream, and nothing wrong. */
export function well(): StatusDocument & { streams: [StreamPicture] } {
  const status = sample();
  const [stream] = status.streams as [StreamPicture];
  return { ...status, streams: [{ ...stream, faults: [], advice: [] }] };
}

export const entry = (more: Partial<EntryPicture> = {}): EntryPicture => ({
  number: 1_000_000,
  date: "2026-11-23T19:31:10Z",
  duration: 2,
  state: "listed",
  arrivedAt: "2026-11-23T19:31:12Z",
  storedAt: "2026-11-23T19:31:12.3Z",
  uploadMs: 300,
  tries: 1,
  bytes: 600_000,
  gap: false,
  discontinuity: false,
  slate: false,
  ...more,
});
