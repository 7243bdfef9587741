import type { BroadcastSummary, StreamPicture } from "../api/types";
import type { Question } from "./switches";

/** Of a replay: for good. */
export const deleteReplay = (what: string): Question => ({
  title: "Delete this replay?",
  text: `${what} can never be watched again. Its report stays.`,
  action: "Delete it",
  danger: true,
});

/** Of a report: for good. */
export const deleteReport = (what: string): Question => ({
  title: "Delete this report?",
  text: `The figures of ${what} are gone for good. Its replay, if one is kept, stays.`,
  action: "Delete it",
  danger: true,
});

/** What is downloaded goes through the line that the show's uploads need. @returns null: there is nothing to ask. */
export function downloadReplay(stream: StreamPicture, what: string): Question | null {
  if (stream.onAirSince === null) return null;
  return {
    title: "Download during the show?",
    text:
      `${what} is read from the store and sent by this server, as fast as your line takes it. On a narrow line it is in the way of the ` +
      "show's own uploads: look at them meanwhile, or wait until the show is over.",
    action: "Download it now",
  };
}

/** Never of what is on air. */
export const mayDeleteReport = (stream: StreamPicture, summary: BroadcastSummary): boolean =>
  summary.state === "unreadable"
    ? stream.onAirSince === null || summary.broadcast !== stream.broadcast
    : summary.state === "ended";
