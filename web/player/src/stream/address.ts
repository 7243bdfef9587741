import type { PlayerJson } from "./player-json";

/** Names of live streams: the server's rule. */
const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;

export const DEFAULT_STREAM = "live";

export type StreamName = { ok: true; name: string } | { ok: false; given: string };

/** The stream that this page shows: from `/watch/{stream}`, else `?stream=`, else the default one. */
export function streamNameOf(page: URL): StreamName {
  const fromPath = /\/watch\/([^/]+)\/?$/.exec(page.pathname)?.[1];
  const given =
    fromPath !== undefined && fromPath !== "index.html" ? fromPath : page.searchParams.get("stream");
  if (given === null || given === "") return { ok: true, name: DEFAULT_STREAM };
  return NAME.test(given) ? { ok: true, name: given } : { ok: false, given };
}

/** The broadcast that `?replay=` asks for; undefined for the live stream, or for what is no broadcast's id. */
export function replayOf(page: URL): string | undefined {
  const given = page.searchParams.get("replay") ?? "";
  return /^[0-9A-Za-z-]{1,64}$/.test(given) ? given : undefined;
}

/** The page is to do without Spillway and play what the source itself serves. */
export function isDirect(page: URL): boolean {
  return page.searchParams.has("direct");
}

/** Beside the playlist that a page names: whatever its query says is not meant for player.json. */
export function playerJsonBeside(playlist: string, documentBase: string): URL | undefined {
  return URL.canParse(playlist, documentBase)
    ? new URL("player.json", new URL(playlist, documentBase))
    : undefined;
}

/** Stream objects lie beside the folder of the page: `{base}/watch/` and `{base}/{stream}/`. */
export function playerJsonUrl(stream: string, documentBase: string): URL {
  return new URL(`../${stream}/player.json`, documentBase);
}

/** `ws://{host}:3000/…`: the server need not know the name by which viewers reach it. */
export function atHost(player: PlayerJson, host: string): PlayerJson {
  const { trackers, reports } = player;
  return {
    ...player,
    trackers: trackers.map((address) => address.replaceAll("{host}", host)),
    reports: reports && { ...reports, address: reports.address.replaceAll("{host}", host) },
  };
}
