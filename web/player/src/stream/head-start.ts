import { type EarlyAnswer, type EarlyRequests, early } from "./early";
import { firstSegment, readList, readVariants, startRendition } from "./first-segment";
import { isOnAir, type PlayerJson } from "./player-json";
import { fetchPlayerJson, type Look } from "./watcher";

const looks = new Map<string, Promise<Look>>();

/**
 * Asks for player.json, and once that says that something is on air for the playlists and the first segment, while the player's code
 * is still on its way. The player takes what is there, and asks itself for what is not.
 * @param toPlay False when something else than the live stream is to be watched.
 */
export function headStart(address: URL, toPlay: boolean): void {
  const look = fetchPlayerJson(address);
  looks.set(address.href, look);
  if (!toPlay || !playsThroughMse()) return;
  void look.then((seen) => {
    if (seen.ok && isOnAir(seen.player)) fetchAhead(address, seen.player, early).catch(() => {});
  });
}

/** The look at player.json that was begun by `headStart`; once. */
export function takeFirstLook(address: URL): Promise<Look> | undefined {
  const look = looks.get(address.href);
  looks.delete(address.href);
  return look;
}

/** @throws What was asked for could not be had, or cannot be read: hls.js will see to it. */
export async function fetchAhead(address: URL, player: PlayerJson, requests: EarlyRequests): Promise<void> {
  const multivariant = await requests.ask(new URL(player.playlist, address));
  const variants = readVariants(textOf(multivariant), multivariant.response.url);
  const variant = variants[startRendition(variants)];
  if (variant === undefined) return;
  const media = await requests.ask(variant.url);
  const segment = firstSegment(readList(textOf(media), media.response.url), player.liveDelay);
  if (segment?.map !== undefined) void requests.ask(segment.map);
  if (segment !== undefined) void requests.ask(segment.url);
}

function textOf({ body }: EarlyAnswer): string {
  return new TextDecoder().decode(body);
}

/** As hls.js does: else the browser asks for everything by itself. */
function playsThroughMse(): boolean {
  return "MediaSource" in globalThis || "ManagedMediaSource" in globalThis;
}
