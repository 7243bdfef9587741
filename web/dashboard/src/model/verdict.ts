import type { Link } from "../api/live";
import type { StatusDocument, StreamPicture } from "../api/types";
import { plural, span } from "../words";

/** How things stand: a shape and a word go with each, so that colour carries nothing alone. */
export type Level = "good" | "idle" | "advice" | "fault" | "unknown";

export type Finding = {
  level: "advice" | "fault";
  /** Whose; "" for the whole server. */
  stream: string;
  message: string;
  remedy: string;
  since: string | null;
};

export type Verdict = { level: Level; headline: string; detail: string; findings: Finding[] };

/** Segments that a broadcast begins with. */
const NEEDED = 3;

/** The first line of the page: whether all is well, else what is wrong and what to do. */
export function verdictOf(status: StatusDocument | undefined, link: Link, now: number): Verdict {
  if (status === undefined)
    return {
      level: "unknown",
      headline: link.state === "gone" ? "The server does not answer." : "Asking the server…",
      detail: link.state === "gone" ? "This page tries again by itself." : "",
      findings: [],
    };
  const findings = findingsOf(status);
  if (link.state === "gone")
    return {
      level: "unknown",
      headline: "The server does not answer.",
      detail:
        `What stands below is ${span((now - link.since) / 1000)} old. Viewers read from the edge: what is stored still plays. ` +
        "This page tries again by itself.",
      findings,
    };
  const faults = findings.filter((finding) => finding.level === "fault");
  if (faults.length > 0)
    return {
      level: "fault",
      headline: faults.length === 1 ? "Something is wrong." : `${plural(faults.length, "thing")} are wrong.`,
      detail: onAirLine(status),
      findings,
    };
  if (findings.length > 0)
    return {
      level: "advice",
      headline:
        findings.length === 1
          ? "It works; one thing to look at."
          : `It works; ${findings.length} things to look at.`,
      detail: onAirLine(status),
      findings,
    };
  if (status.server.health === "down")
    return {
      level: "fault",
      headline: "Spillway says that it is down.",
      detail: "See the log below.",
      findings,
    };
  const anyOnAir = status.streams.some(isOnAir);
  const starting = status.streams.find(isStarting);
  if (!anyOnAir && starting !== undefined)
    return {
      level: "idle",
      headline: `${titleOf(starting)} is starting.`,
      detail: startingLine(starting),
      findings,
    };
  return anyOnAir
    ? { level: "good", headline: "All is well.", detail: onAirLine(status), findings }
    : { level: "idle", headline: "Nothing is on air.", detail: idleLine(status), findings };
}

/** The source sends, and viewers see nothing of it yet. */
export const isStarting = (stream: StreamPicture): boolean => stream.source.starting !== null;

function startingLine({ source }: StreamPicture): string {
  const come = source.starting ?? 0;
  return come >= NEEDED
    ? "The first segments are being stored; then it is on air."
    : `${come} of the ${NEEDED} segments have come that a broadcast begins with.`;
}

export const isOnAir = (stream: StreamPicture): boolean => stream.onAirSince !== null;

export function findingsOf(status: StatusDocument): Finding[] {
  const found: Finding[] = [];
  for (const stream of status.streams) {
    for (const fault of stream.faults) found.push({ level: "fault", stream: stream.name, ...fault });
    if (stream.source.state === "late")
      found.push({
        level: "advice",
        stream: stream.name,
        message: "The source is late: nothing new has come for longer than usual.",
        remedy: "If it stays so it counts as away in some seconds. Viewers still play what is listed.",
        since: stream.source.lastSegmentAt,
      });
    for (const advice of stream.advice)
      found.push({ level: "advice", stream: stream.name, message: advice.text, remedy: "", since: null });
  }
  const spool = status.store.spool.fault;
  if (spool !== null) found.push({ level: "fault", stream: "", ...spool });
  for (const node of status.tracker.nodes) {
    if (!node.lives)
      found.push({
        level: "advice",
        stream: "",
        message: `The tracker node ${node.node} gives no sign of life.`,
        remedy: "New viewers are led to the others. See whether it runs, and whether it reaches the store.",
        since: null,
      });
  }
  if (status.origin.advice !== null)
    found.push({ level: "advice", stream: "", message: status.origin.advice, remedy: "", since: null });
  // The same words may come from the stream and from the server: said once, the fault before the advice.
  const seen = new Set<string>();
  return found
    .sort((one, other) => Number(one.level === "advice") - Number(other.level === "advice"))
    .filter(({ message }) => !seen.has(message) && seen.add(message));
}

function onAirLine(status: StatusDocument): string {
  const onAir = status.streams.filter(isOnAir);
  if (onAir.length === 0) return "Nothing is on air.";
  if (onAir.length === 1) {
    const [stream] = onAir as [StreamPicture];
    const what = stream.state === "slate" ? "Viewers see the slate" : `${titleOf(stream)} is on air`;
    return `${what}, for ${span(stream.onAirSeconds)}.`;
  }
  return `${onAir.length} of ${plural(status.streams.length, "stream")} are on air.`;
}

function idleLine(status: StatusDocument): string {
  if (status.streams.every((stream) => stream.state === "standby"))
    return "This instance stands by: another one writes.";
  return "It goes on air by itself when the source brings pictures.";
}

export const titleOf = (stream: StreamPicture): string => stream.title || stream.name;

/** What a stream does, in words. */
export function stateWords(stream: StreamPicture): string {
  if (isStarting(stream)) return "starting";
  switch (stream.state) {
    case "live":
      return "on air";
    case "slate":
      return "slate";
    case "ended":
      return "ended";
    case "standby":
      return "standing by";
    default:
      return "off air";
  }
}
