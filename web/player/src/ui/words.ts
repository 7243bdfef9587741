import type { Failure, Phase } from "../media/playback";
import type { ReplayPhase } from "../media/replay-playback";
import type { PlayerJson } from "../stream/player-json";

/** Large and small line over the picture; undefined when there is nothing to say. */
export type Message = {
  title: string;
  detail: string;
  busy: boolean;
  /** It is tried again by itself, but whoever does not want to wait may press a button. */
  retry?: boolean;
};

export type Situation = {
  phase: Phase;
  /** Undefined until player.json has been read once, null when there is none yet. */
  player: PlayerJson | null | undefined;
  /** Why player.json could not be read at the last try, "" if it could. */
  trouble: string;
  /** The playlist has ended and the next broadcast is awaited. */
  listEnded: boolean;
  /** What is on screen; null where only player.json can tell, which is ahead of the picture by the live delay. */
  onSlate: boolean | null;
  /** What it is recovering from, if that is known. */
  failure: Failure | undefined;
  /** The browser says that there is no network. */
  offline: boolean;
};

/** One word for the figures: what this player is doing. */
export function stateOf({ phase, player, onSlate }: Situation): string {
  if (phase === "playing") return (onSlate ?? player?.state === "slate") ? "slate" : "live";
  if (phase !== "waiting") return phase;
  if (player === undefined) return "looking";
  return player?.state === "ended" ? "ended" : "offline";
}

/** What happened, and what is being done about it. */
export function messageFor(situation: Situation): Message | undefined {
  const { phase, player, trouble, listEnded } = situation;
  switch (phase) {
    case "unsupported":
      return {
        title: "This browser cannot play the stream.",
        detail: "Please try a current version of Firefox, Chrome, Edge or Safari.",
        busy: false,
      };
    case "blocked":
      return {
        title: "Ready to play.",
        detail: "Your browser waits for a tap before it plays video.",
        busy: false,
      };
    case "recovering":
      return listEnded
        ? {
            title: "This broadcast has ended.",
            detail: "If another one follows, it starts by itself.",
            busy: true,
          }
        : stopped(situation);
    case "starting":
      return { title: "Starting…", detail: "The first pictures are on their way.", busy: true };
    case "holding":
      return { title: "A short interruption.", detail: "The stream goes on in a few seconds.", busy: true };
    case "playing":
      return undefined;
    case "waiting":
      break;
  }
  if (trouble !== "" && player === undefined) {
    return situation.offline
      ? noNetwork
      : {
          title: "The stream cannot be reached.",
          detail: "Trying again every few seconds.",
          busy: true,
          retry: true,
        };
  }
  if (player === undefined) return { title: "Looking for the stream…", detail: "One moment.", busy: true };
  if (player?.state === "ended") {
    return {
      title: "The broadcast has ended.",
      detail: "Thank you for watching. If it goes on, it starts here by itself.",
      busy: false,
    };
  }
  return {
    title: "Not on air yet.",
    detail: "Keep this page open: the stream starts here by itself.",
    busy: false,
  };
}

const noNetwork: Message = {
  title: "You are offline.",
  detail: "The stream goes on by itself as soon as your network is back.",
  busy: true,
};

/** Failures in a row after which it is said what is wrong: before that it is a hiccup. */
const SAID_AFTER = 2;

function stopped({ failure, offline }: Situation): Message {
  if (offline) return noNetwork;
  if (failure === undefined || failure.count < SAID_AFTER)
    return { title: "The stream stopped.", detail: "It starts again by itself.", busy: true };
  switch (failure.trouble) {
    case "media":
      return {
        title: "The picture cannot be decoded.",
        detail: `This browser has trouble with the video (${failure.detail}). It is tried again now and then.`,
        busy: true,
        retry: true,
      };
    case "network":
      return {
        title: "The stream cannot be loaded.",
        detail: `The server, or the network on the way to it, does not answer as it should (${failure.detail}). It is tried again now and then.`,
        busy: true,
        retry: true,
      };
    case "other":
      return {
        title: "The stream stopped.",
        detail: `The player got stuck (${failure.detail}). It is tried again now and then.`,
        busy: true,
        retry: true,
      };
  }
}

/** A quiet word beside the picture, "" for none. The slate itself says what there is to say, so nothing covers it. */
export function asideFor(situation: Situation): string {
  return stateOf(situation) === "slate" ? "The show will be back soon." : "";
}

/** `1:02:03`, `2:03`. */
export function formatLength(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${two(whole % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

/** In the viewer's own language and time zone. */
export function formatDate(date: Date): string {
  return date.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

/** Time of day with its seconds, in the viewer's own language and time zone; with the day of the week where that is another one. */
export function formatClock(date: number, beside: number): string {
  const [one, other] = [new Date(date), new Date(beside)];
  const time = { hour: "numeric", minute: "2-digit", second: "2-digit" } as const;
  if (one.toDateString() === other.toDateString()) return one.toLocaleTimeString(undefined, time);
  return one.toLocaleString(undefined, { weekday: "short", ...time });
}

/** `−1:23`: seconds behind live, for the eye. */
export function formatLag(seconds: number): string {
  return `\u2212${formatLength(seconds)}`;
}

/** The same to be read out. */
export function sayLag(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [
    { count: Math.floor(whole / 3_600), unit: "hour" },
    { count: Math.floor(whole / 60) % 60, unit: "minute" },
    { count: whole % 60, unit: "second" },
  ].filter(({ count }) => count > 0);
  const said = parts.map(({ count, unit }) => `${count} ${unit}${count === 1 ? "" : "s"}`).join(" ");
  return `${said || "0 seconds"} behind live`;
}

/** What is said of a replay; undefined when it plays. */
export function replayMessage(
  phase: ReplayPhase | "looking" | "missing" | "unreachable",
): Message | undefined {
  switch (phase) {
    case "looking":
      return { title: "Looking for the replay…", detail: "One moment.", busy: true };
    case "missing":
      return { title: "This replay is no longer kept.", detail: "Please choose another one.", busy: false };
    case "unreachable":
      return {
        title: "The replay cannot be reached.",
        detail: "Trying again every few seconds.",
        busy: true,
      };
    case "starting":
      return { title: "Starting…", detail: "The first pictures are on their way.", busy: true };
    case "recovering":
      return { title: "The replay stopped.", detail: "It goes on by itself.", busy: true };
    case "blocked":
      return {
        title: "Ready to play.",
        detail: "Your browser waits for a tap before it plays video.",
        busy: false,
      };
    case "ended":
      return { title: "That was the replay.", detail: "Press play to watch it again.", busy: false };
    case "unsupported":
      return {
        title: "This browser cannot play the replay.",
        detail: "Please try a current version of Firefox, Chrome, Edge or Safari.",
        busy: false,
      };
    case "playing":
      return undefined;
  }
}

export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1e3).toFixed(0)} kB`;
  if (bytes < 1_000_000_000) return `${(bytes / 1e6).toFixed(1)} MB`;
  return `${(bytes / 1e9).toFixed(2)} GB`;
}

/** The chart of the ways, for whoever cannot see it. */
export function sayWays(steps: readonly { fromPeers: number; fromEdge: number }[]): string {
  const sum = (of: "fromPeers" | "fromEdge") => steps.reduce((all, step) => all + step[of], 0);
  const [peers, edge] = [sum("fromPeers"), sum("fromEdge")];
  return `In the last minutes ${formatBytes(peers)} came from other viewers and ${formatBytes(edge)} from the server.`;
}

/** Share of the media bytes that came from other viewers, of all that came. */
export function formatShare(fromPeers: number, fromEdge: number): string {
  const all = fromPeers + fromEdge;
  return all === 0 ? "–" : `${Math.round((100 * fromPeers) / all)} %`;
}

/** Of what all viewers have from each other; it is told in twentieths. */
export function formatSaved(part: number): string {
  return `about ${Math.round(100 * part)} %`;
}

export function formatLatency(seconds: number | null): string {
  return seconds === null ? "–" : `${seconds.toFixed(1)} s`;
}

/** What the panel says of the exchange with other viewers. */
export function sharingText(shares: boolean, uploads: boolean, able: boolean): string {
  if (!able)
    return "This browser cannot exchange parts of the stream with other viewers: everything comes from the server.";
  if (!shares) return "Everything comes from the server: nothing is exchanged with other viewers.";
  return uploads
    ? "While you watch, parts of the stream are exchanged with other viewers. They can see your network address."
    : "Parts of the stream come from other viewers, who can see your network address. Nothing is passed on to them while your connection is metered.";
}
