import { beforeEach, describe, expect, it } from "vitest";
import type { Tracker } from "../src/p2p/tracker-internals";
import { TrackerLink } from "../src/p2p/tracker-link";

const ONE = "ws://t1/tracker/live";
const TWO = "ws://t2/tracker/live";
const OWN = "ws://origin/tracker/live";

/** As bittorrent-tracker's: what it does by itself, and what servers there are. */
class FakeTracker implements Tracker {
  destroyed = false;
  reconnecting = false;
  reconnectTimer = null;
  socket: { connected: boolean } | null = null;
  readonly opened: [number, string][] = [];
  // biome-ignore lint/suspicious/noExplicitAny: one for all kinds of events.
  private readonly listeners: Record<string, (event: any) => void> = {};
  readonly client = {
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    on: (event: string, listener: (event: any) => void) => {
      this.listeners[event] = listener;
      if (event === (this.world.refuses ? "warning" : "update")) this.announce();
    },
    update: () => {
      this.world.announced.push(this.world.now);
      this.announce();
    },
  };

  constructor(
    public announceUrl: string,
    private readonly world: World,
  ) {
    this._openSocket();
  }

  _openSocket(): void {
    this.destroyed = false;
    this.opened.push([this.world.now, this.announceUrl]);
    this.socket = { connected: false };
    if (this.world.up.has(this.announceUrl)) {
      this.socket.connected = true;
      this.reconnecting = false;
      this.announce();
    } else if (!this.world.hanging.has(this.announceUrl)) this.lose();
  }

  destroy(): void {
    this.destroyed = true;
    this.socket = null;
  }

  lose(): void {
    this.destroy();
    this.reconnecting = true;
  }

  /** A peer's offer comes to nothing. */
  warn(): void {
    this.listeners.warning?.(new Error("Connection error: Ice connection failed."));
  }

  private announce(): void {
    if (this.world.refuses) this.listeners.warning?.(new Error("this tracker does not serve that info_hash"));
    else this.listeners.update?.({ complete: 0, incomplete: this.world.members });
  }
}

class World {
  now = 0;
  random = 0.5;
  members = 2;
  readonly up = new Set([ONE, TWO, OWN]);
  readonly hanging = new Set<string>();
  readonly probes: string[] = [];
  connections = 1;
  /** The tracker does not know the swarm. */
  refuses = false;
  /** Beyond what the library does by itself. */
  readonly announced: number[] = [];
  trackers: FakeTracker[] = [];
  link!: TrackerLink;

  start(urls: readonly string[]): void {
    this.trackers = [new FakeTracker(urls[0] as string, this)];
    this.link = new TrackerLink(urls, {
      trackers: () => this.trackers,
      swarm: () => ({ tracker: this.trackers[0] as FakeTracker, connections: this.connections }),
      now: () => this.now,
      random: () => this.random,
      answers: (url) => {
        this.probes.push(url);
        return Promise.resolve(this.up.has(url));
      },
    });
    this.link.tick();
  }

  goDown(url: string): void {
    this.up.delete(url);
    for (const tracker of this.trackers)
      if (tracker.announceUrl === url && !tracker.destroyed) tracker.lose();
  }

  async pass(seconds: number): Promise<void> {
    for (let i = 0; i < seconds; i++) {
      this.now += 1_000;
      this.link.tick();
      await Promise.resolve();
    }
  }

  get connectedTo(): string | undefined {
    return this.trackers.every((tracker) => tracker.socket?.connected)
      ? this.trackers[0]?.announceUrl
      : undefined;
  }
}

describe("the link to the tracker", () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });

  it("is back within seconds of a restart and not at the library's own time", async () => {
    world.start([OWN]);
    world.goDown(OWN);
    await world.pass(2);
    world.up.add(OWN);
    await world.pass(8);
    expect(world.connectedTo).toBe(OWN);
  });

  it("brings an audience back over a time that grows with it, and not in one second", () => {
    const comebacks = (members: number, random: number) => {
      const one = new World();
      one.members = members;
      one.random = random;
      one.start([OWN]);
      for (const tracker of one.trackers) tracker.lose();
      for (let i = 0; i < 100 && one.connectedTo === undefined; i++) {
        one.now += 1_000;
        one.link.tick();
      }
      return one.now / 1_000;
    };
    const of = (members: number) => Array.from({ length: 100 }, (_, i) => comebacks(members, i / 100));
    expect(Math.max(...of(4))).toBeLessThanOrEqual(5);
    const crowd = of(600);
    expect(Math.max(...crowd)).toBeLessThanOrEqual(12);
    for (let second = 0; second < 12; second++)
      expect(crowd.filter((at) => at === second).length).toBeLessThanOrEqual(20);
    expect(Math.max(...of(100_000))).toBeLessThanOrEqual(62);
  });

  it("asks for partners while it has fewer than three of many, ever more seldom, and no more once it has them", async () => {
    world.members = 50;
    world.start([OWN]);
    await world.pass(15);
    expect(world.announced).toEqual([]);
    await world.pass(600);
    expect(world.announced.map((at) => at / 1_000)).toEqual([20, 61, 142, 303, 604]);
    world.connections = 3;
    await world.pass(600);
    expect(world.announced.length).toBe(5);
    world.connections = 0;
    await world.pass(25);
    expect(world.announced.length).toBe(6);
  });

  it("asks again within seconds while it is refused, ever more seldom, and no more once it is in the swarm", async () => {
    world.refuses = true;
    world.start([ONE]);
    await world.pass(200);
    expect(world.announced.map((at) => at / 1_000)).toEqual([3, 10, 23, 48, 97, 158]);
    world.refuses = false;
    await world.pass(60);
    expect(world.announced.length).toBe(7);
    await world.pass(600);
    expect(world.announced.length).toBe(7);
    // Refused once more, by another tracker.
    world.refuses = true;
    world.goDown(ONE);
    await world.pass(3);
    world.up.add(ONE);
    await world.pass(20);
    expect(world.announced.length).toBeGreaterThan(7);
  });

  it("takes an offer that fails for no refusal", async () => {
    world.start([ONE]);
    for (const tracker of world.trackers) tracker.warn();
    await world.pass(600);
    expect(world.announced).toEqual([]);
  });

  it("does not ask for more partners than there are", async () => {
    world.members = 2;
    world.start([OWN]);
    await world.pass(600);
    expect(world.announced).toEqual([]);
  });

  it("tries a tracker that stays away more and more seldom, for ever", async () => {
    world.start([OWN]);
    world.goDown(OWN);
    await world.pass(600);
    const tries = world.trackers[0]?.opened.length ?? 0;
    expect(tries).toBeGreaterThan(10);
    expect(tries).toBeLessThan(40);
    world.up.add(OWN);
    await world.pass(62);
    expect(world.connectedTo).toBe(OWN);
  });

  it("goes over to the second address when the first is gone, within seconds", async () => {
    world.start([ONE, TWO]);
    world.goDown(ONE);
    await world.pass(8);
    expect(world.connectedTo).toBe(TWO);
  });

  it("goes over from a machine that does not even refuse", async () => {
    world.start([ONE, TWO]);
    world.hanging.add(ONE);
    world.goDown(ONE);
    await world.pass(20);
    expect(world.connectedTo).toBe(TWO);
  });

  it("does not wait for ever for a first connection that hangs", async () => {
    world.up.delete(ONE);
    world.hanging.add(ONE);
    world.start([ONE, TWO]);
    await world.pass(30);
    expect(world.connectedTo).toBe(TWO);
  });

  it("goes home once the first answers again, and leaves the second alone until then", async () => {
    world.start([ONE, TWO]);
    world.goDown(ONE);
    await world.pass(60);
    expect(world.connectedTo).toBe(TWO);
    expect(world.probes.length).toBeGreaterThan(0);
    const opened = world.trackers[0]?.opened.filter(([, url]) => url === TWO).length;
    expect(opened).toBe(1);
    world.up.add(ONE);
    await world.pass(120);
    expect(world.connectedTo).toBe(ONE);
  });

  it("follows player.json to another node while the old one still works", async () => {
    world.start([ONE, OWN]);
    world.link.follow([TWO, OWN]);
    expect(world.connectedTo).toBe(ONE);
    await world.pass(4);
    expect(world.connectedTo).toBe(TWO);
  });

  it("stays where player.json leads it when it was there already", async () => {
    world.start([ONE, TWO]);
    world.goDown(ONE);
    await world.pass(8);
    world.link.follow([TWO, OWN]);
    await world.pass(100);
    expect(world.trackers[0]?.opened.filter(([, url]) => url === TWO)).toHaveLength(1);
    expect(world.probes).toHaveLength(0);
  });

  it("takes new swarms along that begin at the address of the engine's start", async () => {
    world.start([ONE, OWN]);
    world.link.follow([TWO, OWN]);
    await world.pass(4);
    world.trackers.push(new FakeTracker(ONE, world));
    await world.pass(1);
    expect(world.trackers.map((tracker) => tracker.announceUrl)).toEqual([TWO, TWO]);
    expect(world.connectedTo).toBe(TWO);
  });

  it("opens again the one swarm that has lost its socket", async () => {
    world.start([ONE]);
    world.trackers.push(new FakeTracker(ONE, world));
    world.trackers[1]?.lose();
    await world.pass(1);
    expect(world.connectedTo).toBe(ONE);
  });

  it("keeps what it has when player.json names no tracker", async () => {
    world.start([ONE]);
    world.link.follow([]);
    await world.pass(5);
    expect(world.connectedTo).toBe(ONE);
  });
});
