/** What the server says of a live stream, in `{stream}/player.json`. */
export type PlayerJson = {
  epoch: number;
  revision: number;
  state: "offline" | "live" | "slate" | "ended";
  stream: string;
  title: string;
  /** What the page says below the picture; "" for nothing. */
  description: string;
  branding: Branding;
  /** Id of the broadcast; "" while there is none. */
  broadcast: string;
  /** Multivariant playlist, relative to player.json; the same for every broadcast. */
  playlist: string;
  /** Replay of the broadcast on air, relative to player.json; "" where none is kept. */
  replay: string;
  /** The list of replays, relative to player.json; "" while there is none. It must not be asked for then. */
  replays: string;
  /** The source's own playlist, an absolute address; "" where there is none. */
  fallback: string;
  swarm: string;
  /** Addresses; `{host}` in them stands for a host name until `atHost` has put it there. */
  trackers: string[];
  p2p: { enabled: boolean };
  stun: string[];
  /** Seconds behind the live edge at which all viewers play. */
  liveDelay: number;
  /** The live delay follows the viewers: who has been stalled makes up for it once all is well. */
  catchUp: boolean;
  /** Seconds. */
  segmentDuration: number;
  /** Seconds, whole. */
  targetDuration: number;
  /** Part of the stream that all viewers have from each other, 0 to 1: an estimate; undefined: viewers are not to be told, or nobody knows. */
  fromViewers: number | undefined;
  /** Undefined: nobody is to report. */
  reports: ReportSettings | undefined;
};

/** How the operator wants the page to look; "" where nothing is set. */
export type Branding = {
  name: string;
  /** Address of a picture, whole or relative to player.json. */
  logo: string;
  /** `#rrggbb`. */
  accent: string;
  background: string;
};

/** For the viewers who report on their playback; times in seconds. */
export type ReportSettings = {
  /** WebSocket; `{host}` as in `trackers`. */
  address: string;
  /** Part of the viewers who are to report, 0 to 1. */
  share: number;
  /** Between two reports. */
  every: number;
  /** How long a viewer has watched at least before it decides. */
  after: number;
};

/** True while there is something to play. No playlist may be asked for before: its 404 would stay in the edge's cache. */
export function isOnAir(player: PlayerJson | undefined): player is PlayerJson {
  return player !== undefined && (player.state === "live" || player.state === "slate");
}

/**
 * True when viewers may be told of each other, whether or not sharing is switched on just now. Without a swarm of its
 * own the loader would fall back to the playlist's URL, and without trackers to public ones.
 */
export function canShare(player: PlayerJson, page = pageProtocol()): boolean {
  return player.swarm !== "" && reachableTrackers(player, page).length > 0;
}

/** A page read by https may not open ws: (mixed content); it would throw. */
export function reachableTrackers(player: PlayerJson, page = pageProtocol()): string[] {
  return player.trackers.filter((url) => isReachable(url, page));
}

/** An address for this very page; undefined for one that it may not open. */
export function reachableAddress(address: string, page = pageProtocol()): string | undefined {
  return isReachable(address, page) ? address : undefined;
}

function isReachable(url: string, page: string): boolean {
  return page !== "https:" || url.startsWith("wss:");
}

function pageProtocol(): string {
  return globalThis.location?.protocol ?? "http:";
}

export type Parsed = { ok: true; value: PlayerJson } | { ok: false; reason: string };

const STATES = new Set(["offline", "live", "slate", "ended"]);

/** Reads player.json. Only `state` is required, and what playing needs while on air; the rest has defaults. */
export function parsePlayerJson(text: string): Parsed {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return { ok: false, reason: "not JSON" };
  }
  if (typeof root !== "object" || root === null || Array.isArray(root))
    return { ok: false, reason: "not an object" };
  const given = root as Record<string, unknown>;
  const state = given["state"];
  if (typeof state !== "string" || !STATES.has(state)) return { ok: false, reason: "unknown state" };

  const targetDuration = seconds(given["targetDuration"], 2, 1, 60);
  const segmentDuration = seconds(given["segmentDuration"], targetDuration, 0.2, 60);
  const p2p = given["p2p"];
  const swarm = text_(given["swarm"]);
  const trackers = texts(given["trackers"]).filter((url) => /^wss?:\/\//.test(url));
  const value: PlayerJson = {
    epoch: seconds(given["epoch"], 0, 0, Number.MAX_SAFE_INTEGER),
    revision: seconds(given["revision"], 0, 0, Number.MAX_SAFE_INTEGER),
    state: state as PlayerJson["state"],
    stream: text_(given["stream"]),
    title: text_(given["title"]),
    description: text_(given["description"]),
    branding: branding(given["branding"]),
    broadcast: text_(given["broadcast"]),
    playlist: text_(given["playlist"]) || "playlist.m3u8",
    replay: text_(given["replay"]),
    replays: text_(given["replays"]),
    fallback: webAddress(given["fallback"]),
    swarm,
    trackers,
    p2p: { enabled: isEnabled(p2p) },
    stun: texts(given["stun"]).filter((url) => /^(stun|turn)s?:/.test(url)),
    liveDelay: seconds(given["liveDelay"], 4 * segmentDuration, segmentDuration, 600),
    catchUp: given["catchUp"] === true,
    segmentDuration,
    targetDuration,
    fromViewers:
      typeof given["fromViewers"] === "number" ? seconds(given["fromViewers"], 0, 0, 1) : undefined,
    reports: reports(given["reports"]),
  };
  if (isOnAir(value) && value.broadcast === "") return { ok: false, reason: "on air without a broadcast" };
  return { ok: true, value };
}

function isEnabled(p2p: unknown): boolean {
  return typeof p2p === "object" && p2p !== null && (p2p as Record<string, unknown>)["enabled"] === true;
}

function branding(value: unknown): Branding {
  const { name, logo, accent, background } = (
    typeof value === "object" && value !== null ? value : {}
  ) as Record<string, unknown>;
  return { name: text_(name), logo: picture(logo), accent: colour(accent), background: colour(background) };
}

/** Whole, or a path: nothing that could be a script. */
function picture(value: unknown): string {
  const text = text_(value);
  return webAddress(text) || (/^[\w.~/-]+$/.test(text) ? text : "");
}

/** It goes into a style: nothing but a colour may. */
function colour(value: unknown): string {
  return /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i.test(text_(value)) ? text_(value) : "";
}

function reports(value: unknown): ReportSettings | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { address, share, every, after } = value as Record<string, unknown>;
  if (typeof address !== "string" || !/^wss?:\/\//.test(address)) return undefined;
  return {
    address,
    share: seconds(share, 0, 0, 1),
    every: seconds(every, 30, 1, 3_600),
    after: seconds(after, 180, 1, 3_600),
  };
}

function webAddress(value: unknown): string {
  const text = text_(value);
  return /^https?:\/\//.test(text) && URL.canParse(text) ? text : "";
}

function text_(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

function seconds(value: unknown, fallback: number, least: number, most: number): number {
  if (typeof value !== "number" || !Number.isFinite(value)) return fallback;
  return Math.min(Math.max(value, least), most);
}
