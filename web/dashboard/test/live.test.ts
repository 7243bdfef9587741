import { beforeEach, describe, expect, it } from "vitest";
import { Live, type Wire } from "../src/api/live";

/** A server and a clock that stand still until they are told. */
class Stage implements Wire {
  time = 0;
  status = 200;
  opened = 0;
  private waits: { at: number; then: () => void }[] = [];
  private on: Parameters<Wire["open"]>[0] | undefined;

  now = (): number => this.time;
  open: Wire["open"] = (on) => {
    this.opened++;
    this.on = on;
    return () => {
      if (this.on === on) this.on = undefined;
    };
  };
  probe = async (): Promise<number> => this.status;
  wait: Wire["wait"] = (milliseconds, then) => {
    const wait = { at: this.time + milliseconds, then };
    this.waits.push(wait);
    return () => {
      this.waits = this.waits.filter((other) => other !== wait);
    };
  };

  get connected(): boolean {
    return this.on !== undefined;
  }
  say(kind = "status"): void {
    this.on?.event(kind, "{}");
  }
  async fail(): Promise<void> {
    this.on?.failed();
    await settle();
  }
  async pass(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    for (;;) {
      const next = this.waits.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0];
      if (next === undefined) break;
      this.waits = this.waits.filter((other) => other !== next);
      this.time = next.at;
      next.then();
      await settle();
    }
    this.time = end;
  }
}

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
};

let stage: Stage;
let events: string[];
let live: Live;

beforeEach(() => {
  stage = new Stage();
  events = [];
  live = new Live(stage, { event: (kind) => events.push(kind), changed: () => {} });
  live.connect();
});

describe("the connection", () => {
  it("is live with the first event", () => {
    expect(live.link.state).toBe("connecting");
    stage.say();
    stage.say("log");
    expect(live.link.state).toBe("live");
    expect(events).toEqual(["status", "log"]);
  });

  it("says at once that the server is gone, and since when", async () => {
    stage.say();
    await stage.pass(700);
    await stage.fail();
    expect(live.link).toMatchObject({ state: "gone", since: 0 });
  });

  it("comes back by itself, soon at first and then seldom, but always", async () => {
    stage.say();
    stage.status = 0;
    const tries: number[] = [];
    await stage.fail();
    for (let turn = 0; turn < 8; turn++) {
      const before = stage.time;
      while (!stage.connected) await stage.pass(100);
      tries.push(stage.time - before);
      await stage.fail();
    }
    expect(tries).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
    while (!stage.connected) await stage.pass(100);
    stage.say();
    expect(live.link.state).toBe("live");
    await stage.fail();
    await stage.pass(500);
    expect(stage.connected).toBe(true);
  });

  it("a connection that is open and silent is none", async () => {
    stage.say();
    await stage.pass(7_900);
    expect(live.link.state).toBe("live");
    await stage.pass(200);
    expect(live.link).toMatchObject({ state: "gone", since: 0 });
    expect(stage.opened).toBe(1);
    await stage.pass(500);
    expect(stage.opened).toBe(2);
  });

  it("tells a session that has ended from a server that is gone", async () => {
    stage.say();
    stage.status = 401;
    await stage.fail();
    expect(live.link).toEqual({ state: "signed-out", was: true });
    await stage.pass(60_000);
    expect(stage.opened).toBe(1);
  });

  it("asks for a sign-in where there never was one, and goes on after it", async () => {
    stage.status = 401;
    await stage.fail();
    expect(live.link).toEqual({ state: "signed-out", was: false });
    live.connect();
    stage.say();
    expect(live.link.state).toBe("live");
  });

  it("is not woken by what comes after the sign-out", async () => {
    stage.say();
    stage.status = 0;
    const late = stage.fail();
    live.signOut();
    await late;
    await stage.pass(60_000);
    expect(live.link).toEqual({ state: "signed-out", was: false });
    expect(stage.opened).toBe(1);
  });

  it("does not wait when the network is back", async () => {
    stage.status = 0;
    for (let turn = 0; turn < 6; turn++) {
      await stage.fail();
      live.connect();
    }
    stage.say();
    expect(live.link.state).toBe("live");
  });
});
