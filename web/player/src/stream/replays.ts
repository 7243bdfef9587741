/** One broadcast to watch again, from `{stream}/replays.json`. */
export type Replay = {
  broadcast: string;
  title: string;
  begin: Date;
  /** Seconds of media; of what is on air, so far. */
  duration: number;
  /** Multivariant playlists, one a part of at most 12 h. */
  playlists: URL[];
  onAir: boolean;
  /** No replay at all: what the source itself serves now, played at its live edge. */
  live?: true;
};

export type ReplayList = { ok: true; replays: Replay[] } | { ok: false; reason: string };

const TIMEOUT = 8_000;

/** Asked for only when player.json names it: a 404 would stay in the edge's cache. */
export async function fetchReplays(url: URL): Promise<ReplayList> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT) });
    if (!response.ok) return { ok: false, reason: `replays.json: HTTP ${response.status}` };
    return parseReplays(await response.text(), url);
  } catch (error) {
    return { ok: false, reason: `replays.json: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** Reads replays.json. An entry that cannot be played is left out; the others stay. */
export function parseReplays(text: string, url: URL): ReplayList {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return { ok: false, reason: "replays.json: not JSON" };
  }
  const list = (root as { replays?: unknown } | null)?.replays;
  if (!Array.isArray(list)) return { ok: false, reason: "replays.json: no list" };
  return { ok: true, replays: list.map((entry) => read(entry, url)).filter((entry) => entry !== undefined) };
}

function read(given: unknown, url: URL): Replay | undefined {
  if (typeof given !== "object" || given === null) return undefined;
  const { broadcast, title, begin, duration, playlists, onAir } = given as Record<string, unknown>;
  const date = new Date(typeof begin === "string" ? begin : Number.NaN);
  if (typeof broadcast !== "string" || broadcast === "" || Number.isNaN(date.getTime())) return undefined;
  const urls = (Array.isArray(playlists) ? playlists : [])
    .filter((path): path is string => typeof path === "string" && path !== "")
    .map((path) => new URL(path, url))
    // Beside the list or below it, and nowhere else.
    .filter((playlist) => playlist.href.startsWith(new URL(".", url).href));
  if (urls.length === 0) return undefined;
  return {
    broadcast,
    title: typeof title === "string" ? title : "",
    begin: date,
    duration: typeof duration === "number" && duration > 0 ? duration : 0,
    playlists: urls,
    onAir: onAir === true,
  };
}
