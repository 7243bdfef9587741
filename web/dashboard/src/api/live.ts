/** How the page stands to the server. */
export type Link =
  /** The first answer is awaited. */
  | { state: "connecting" }
  | { state: "live" }
  /** Nothing is heard; it is tried again by itself. `retryAt` is in the page's milliseconds. */
  | { state: "gone"; since: number; retryAt: number }
  /** The server wants a sign-in. `was` is true when there was a session, which has ended. */
  | { state: "signed-out"; was: boolean };

export type Wire = {
  /** Milliseconds that only rise. */
  now(): number;
  /** Opens the events; what it returns closes them. */
  open(on: { event(kind: string, data: string): void; failed(): void }): () => void;
  /** The status of a plain request: 401 asks for a sign-in, 0 is no answer at all. */
  probe(): Promise<number>;
  wait(milliseconds: number, then: () => void): () => void;
};

/** Status comes each second: after so long without anything the connection is dead, whatever the browser thinks. */
const SILENCE = 8_000;
const FIRST_RETRY = 500;
const LAST_RETRY = 10_000;

/**
 * Keeps the server's events coming: opens them anew when they break or fall silent, soon at first, then seldom, and tells a server that
 * is gone from a session that has ended.
 */
export class Live {
  link: Link = { state: "connecting" };
  #close: (() => void) | undefined;
  #stopWaiting: (() => void) | undefined;
  #stopWatching: (() => void) | undefined;
  #retry = FIRST_RETRY;
  #hadSession = false;
  #lastHeard: number;
  /** A probe's answer that comes late must not disturb a newer try. */
  #try = 0;

  constructor(
    private readonly wire: Wire,
    private readonly on: { event(kind: string, data: string): void; changed(): void },
  ) {
    this.#lastHeard = wire.now();
  }

  /** Also when the operator has just signed in, or the browser says that the network is back. */
  connect(): void {
    this.#drop();
    this.#open();
  }

  /** The operator has signed out, or an answer said 401. */
  signOut(): void {
    this.#drop();
    this.#set({ state: "signed-out", was: false });
    this.#hadSession = false;
  }

  sessionEnded(): void {
    this.#drop();
    this.#set({ state: "signed-out", was: this.#hadSession });
    this.#hadSession = false;
  }

  #open(): void {
    const mine = ++this.#try;
    this.#close = this.wire.open({
      event: (kind, data) => {
        if (mine !== this.#try) return;
        this.#hadSession = true;
        this.#retry = FIRST_RETRY;
        this.#heard(mine);
        if (this.link.state !== "live") this.#set({ state: "live" });
        this.on.event(kind, data);
      },
      failed: () => void this.#failed(mine),
    });
    this.#heard(mine, false);
  }

  #heard(mine: number, really = true): void {
    if (really) this.#lastHeard = this.wire.now();
    this.#stopWatching?.();
    this.#stopWatching = this.wire.wait(SILENCE, () => void this.#failed(mine));
  }

  async #failed(mine: number): Promise<void> {
    if (mine !== this.#try) return;
    this.#drop();
    const after = this.#try;
    // What is shown is old from now on: said at once, not after the probe's patience.
    this.#gone(LAST_RETRY);
    const status = await this.wire.probe();
    if (after !== this.#try) return;
    if (status === 401) {
      this.sessionEnded();
      return;
    }
    const wait = this.#retry;
    this.#retry = Math.min(LAST_RETRY, this.#retry * 2);
    this.#gone(wait);
    this.#stopWaiting = this.wire.wait(wait, () => this.connect());
  }

  #gone(wait: number): void {
    this.#set({ state: "gone", since: this.#lastHeard, retryAt: this.wire.now() + wait });
  }

  #drop(): void {
    this.#try++;
    this.#close?.();
    this.#stopWaiting?.();
    this.#stopWatching?.();
    this.#close = this.#stopWaiting = this.#stopWatching = undefined;
  }

  #set(link: Link): void {
    this.link = link;
    this.on.changed();
  }
}

/** The browser's own means. */
export const browserWire = (kinds: readonly string[]): Wire => ({
  now: () => performance.now(),
  open: (on) => {
    const source = new EventSource("/api/v1/events");
    for (const kind of kinds) source.addEventListener(kind, (event) => on.event(kind, event.data as string));
    source.onerror = () => on.failed();
    return () => source.close();
  },
  probe: async () => {
    try {
      return (await fetch("/api/v1/status", { cache: "no-store", signal: AbortSignal.timeout(5_000) }))
        .status;
    } catch {
      return 0;
    }
  },
  wait: (milliseconds, then) => {
    const timer = setTimeout(then, milliseconds);
    return () => clearTimeout(timer);
  },
});
