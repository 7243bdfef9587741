import { PartnerSearch } from "./partner-search";
import { isConnected, isWaiting, openAgain, type Swarm, type Tracker } from "./tracker-internals";

const TICK = 1_000;
/** Milliseconds after which an attempt to connect has failed: a machine that is gone does not say no. */
const HANGS_AFTER = 8_000;
/** Failed attempts in a row, the loss of the connection among them, after which the next address is used. */
const TRIES = 2;
/** A tracker that is back gets about so many of its viewers back in a second. */
const COMEBACKS_PER_SECOND = 60;
const SHORTEST_SPREAD = 3_000;
const LONGEST_SPREAD = 60_000;
/** Milliseconds until it is seen whether the first address answers again. Doubles up to the longest. */
const HOME_AFTER = 20_000;
const LONGEST_HOME_AFTER = 600_000;

export type TrackerLinkParts = {
  /** Of all swarms, as they are now. */
  trackers(): Tracker[];
  /** The one on screen. */
  swarm(): Swarm | undefined;
  /** Milliseconds, never going back. */
  now(): number;
  /** From 0 to 1. */
  random(): number;
  /** Whether a WebSocket can be opened there. */
  answers(url: string): Promise<boolean>;
};

/**
 * Keeps all swarms of a player on one tracker: the first address of player.json, or the next one while the first does not answer.
 * All viewers have the same list, so that they meet at the second one, too. Using all of them at once, as the library would, costs
 * twice the signalling and brings nobody nearer.
 *
 * After a loss the viewers come back in a random moment of a time that grows with the swarm: soon, but not all at once.
 */
export class TrackerLink {
  private urls: readonly string[];
  private current: string;
  /** Since the last time that a socket was open. */
  private failures = 0;
  /** When closed sockets are opened again. */
  private due: number | undefined;
  private openingSince: number | undefined;
  /** When to go over to the first address. */
  private moveAt: number | undefined;
  private homeAt: number | undefined;
  private homeAfter = HOME_AFTER;
  /** Of the swarm that was told of last. */
  private members = 0;
  /** By client, of its swarm: how many there are, or that the tracker has not let this viewer in. */
  private readonly heard = new WeakMap<object, { members: number | "refused" }>();
  private readonly search: PartnerSearch;

  /** @param urls At least one. */
  constructor(
    urls: readonly string[],
    private readonly parts: TrackerLinkParts,
  ) {
    this.urls = urls;
    this.current = first(urls);
    this.search = new PartnerSearch(parts.random);
  }

  /** The address in use. */
  get url(): string {
    return this.current;
  }

  /** Takes up what player.json says now. */
  follow(urls: readonly string[]): void {
    if (urls.length === 0 || same(urls, this.urls)) return;
    this.urls = urls;
    this.homeAt = undefined;
    this.homeAfter = HOME_AFTER;
    const target = first(urls);
    this.moveAt =
      target === this.current ? undefined : this.parts.now() + this.spread(1) * this.parts.random();
  }

  /** To be called about once a second. */
  tick(): void {
    const now = this.parts.now();
    const trackers = this.parts.trackers();
    for (const tracker of trackers) this.listen(tracker);
    if (this.moveAt !== undefined && now >= this.moveAt) this.use(first(this.urls));
    // Also those of a rendition that came on screen later: they begin at the address of the engine's start.
    for (const tracker of trackers) {
      if (tracker.announceUrl !== this.current) this.open(tracker);
    }
    if (trackers.some(isConnected)) {
      this.failures = 0;
      this.due = undefined;
      this.openingSince = undefined;
      for (const tracker of trackers.filter(isWaiting)) this.open(tracker);
      this.lookHome(now);
      this.lookForPartners(now);
    } else if (trackers.length > 0) this.reconnect(trackers, now);
  }

  private reconnect(trackers: readonly Tracker[], now: number): void {
    if (this.due !== undefined) {
      if (now < this.due) return;
      this.due = undefined;
      this.openingSince = now;
      for (const tracker of trackers) this.open(tracker);
      return;
    }
    this.openingSince ??= now;
    if (!trackers.every(isWaiting) && now - this.openingSince < HANGS_AFTER) return;
    this.openingSince = undefined;
    this.failures++;
    if (this.failures >= TRIES && this.urls.length > 1) {
      const next = this.urls[(this.urls.indexOf(this.current) + 1) % this.urls.length] as string;
      this.use(next);
      this.homeAt = undefined;
    }
    this.due = now + this.spread(Math.max(this.failures, 1)) * this.parts.random();
  }

  private lookForPartners(now: number): void {
    const swarm = this.parts.swarm();
    if (swarm === undefined || !isConnected(swarm.tracker)) return;
    const members = this.heard.get(swarm.tracker.client)?.members ?? 0;
    if (this.search.due(now, swarm.connections, members)) swarm.tracker.client.update();
  }

  /** On another address than the first one: goes back once that one answers. */
  private lookHome(now: number): void {
    const home = first(this.urls);
    if (this.current === home || this.moveAt !== undefined) return;
    if (this.homeAt === undefined) {
      this.homeAt = now + this.homeAfter * (1 + this.parts.random());
      this.homeAfter = Math.min(2 * this.homeAfter, LONGEST_HOME_AFTER);
      return;
    }
    if (now < this.homeAt) return;
    this.homeAt = Number.POSITIVE_INFINITY;
    void this.parts.answers(home).then((yes) => {
      this.homeAt = undefined;
      if (yes && home === first(this.urls)) this.moveAt = this.parts.now();
    });
  }

  private open(tracker: Tracker): void {
    const swarm = this.heard.get(tracker.client);
    if (swarm !== undefined) swarm.members = 0;
    openAgain(tracker, this.current);
  }

  private use(url: string): void {
    this.current = url;
    this.failures = 0;
    this.due = undefined;
    this.openingSince = undefined;
    if (url === first(this.urls)) this.moveAt = undefined;
  }

  /** Milliseconds over which the viewers of this swarm spread their attempt of that number. */
  private spread(attempt: number): number {
    const one = Math.min(
      Math.max((1_000 * this.members) / COMEBACKS_PER_SECOND, SHORTEST_SPREAD),
      LONGEST_SPREAD,
    );
    return Math.min(one * 2 ** (attempt - 1), LONGEST_SPREAD);
  }

  /** The tracker tells with each reply how many there are, or why it gives none. */
  private listen(tracker: Tracker): void {
    if (this.heard.has(tracker.client)) return;
    const swarm: { members: number | "refused" } = { members: 0 };
    this.heard.set(tracker.client, swarm);
    // Of one that is in the swarm only an answer or an offer has failed.
    tracker.client.on("warning", () => {
      if (swarm.members === 0) swarm.members = "refused";
    });
    tracker.client.on("update", ({ complete, incomplete }) => {
      const members = Number(complete ?? 0) + Number(incomplete ?? 0);
      if (Number.isFinite(members)) this.members = swarm.members = members;
    });
  }
}

/** Ticks until it is stopped. */
export function keepLink(link: TrackerLink): { stop(): void } {
  const timer = setInterval(() => link.tick(), TICK);
  return { stop: () => clearInterval(timer) };
}

/** Opens a WebSocket and closes it again. */
export function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    let socket: WebSocket;
    try {
      socket = new WebSocket(url);
    } catch {
      resolve(false);
      return;
    }
    const end = (yes: boolean) => {
      clearTimeout(timer);
      socket.onopen = socket.onerror = socket.onclose = null;
      socket.close();
      resolve(yes);
    };
    const timer = setTimeout(() => end(false), HANGS_AFTER);
    socket.onopen = () => end(true);
    socket.onerror = socket.onclose = () => end(false);
  });
}

function first(urls: readonly string[]): string {
  return urls[0] ?? "";
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((url, i) => url === b[i]);
}
