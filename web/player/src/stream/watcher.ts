import { isOnAir, type PlayerJson, parsePlayerJson } from "./player-json";

/** Milliseconds between two looks at player.json. The edge keeps it for two seconds, so that asking oftener is no use. */
const WHILE_OFFLINE = 3_000;
const WHILE_ON_AIR = 10_000;
/** While the broadcast on screen has ended and the next one may begin at any moment. */
const WHILE_CHANGING = 2_500;
const SOON = 1_000;
const TIMEOUT = 8_000;

export type Look =
  /** `undefined`: nothing has been on air yet (404). */
  { ok: true; player: PlayerJson | undefined } | { ok: false; reason: string };

/** Milliseconds until the next look, spread by a quarter so that an audience does not ask in step. */
export function nextLookIn(state: "offline" | "on-air" | "changing", random: number): number {
  const middle = state === "on-air" ? WHILE_ON_AIR : state === "changing" ? WHILE_CHANGING : WHILE_OFFLINE;
  return middle * (0.875 + 0.25 * random);
}

/** Follows player.json for as long as the page is open, and calls back after every look. */
export class Watcher {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private looking = false;
  private changing = false;
  private onAir = false;
  private stopped = false;
  private lookedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly url: URL,
    private readonly onLook: (look: Look) => void,
  ) {}

  /** @param first A look that is under way already. */
  start(first?: Promise<Look>): void {
    void this.look(first);
  }

  /** Something on screen says that player.json may have changed: look soon, and oftener until `settled`. */
  hurry(): void {
    this.changing = true;
    this.schedule();
  }

  settled(): void {
    this.changing = false;
  }

  /** The viewer asks, or the network is back. */
  now(): void {
    clearTimeout(this.timer);
    void this.look();
  }

  /** As soon as may be when many do so at the same moment: the last look was long ago. */
  soon(): void {
    if (performance.now() - this.lookedAt < WHILE_OFFLINE) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), SOON * Math.random());
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private schedule(): void {
    clearTimeout(this.timer);
    if (this.stopped) return;
    const state = this.changing ? "changing" : this.onAir ? "on-air" : "offline";
    this.timer = setTimeout(() => void this.look(), nextLookIn(state, Math.random()));
  }

  private async look(first?: Promise<Look>): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      const look = await (first ?? fetchPlayerJson(this.url));
      this.lookedAt = performance.now();
      if (this.stopped) return;
      if (look.ok) this.onAir = isOnAir(look.player);
      this.onLook(look);
    } finally {
      this.looking = false;
      this.schedule();
    }
  }
}

/** Never throws. */
export async function fetchPlayerJson(url: URL): Promise<Look> {
  try {
    const response = await fetch(url, { cache: "no-cache", signal: AbortSignal.timeout(TIMEOUT) });
    if (response.status === 404 || response.status === 410) return { ok: true, player: undefined };
    if (!response.ok) return { ok: false, reason: `player.json: HTTP ${response.status}` };
    const parsed = parsePlayerJson(await response.text());
    return parsed.ok
      ? { ok: true, player: parsed.value }
      : { ok: false, reason: `player.json: ${parsed.reason}` };
  } catch (error) {
    return { ok: false, reason: `player.json: ${error instanceof Error ? error.message : String(error)}` };
  }
}
