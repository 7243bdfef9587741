import type { Figures } from "../figures";
import { type PlayerJson, type ReportSettings, reachableAddress } from "../stream/player-json";
import { type Counts, countsOf, type Report, since, tidy } from "./report";
import { Sampling } from "./sampling";

/** Seconds that one report may cover; the server believes no more. */
const MOST_COVERED = 600;
/** Milliseconds before another try to connect, doubled up to the longest. */
const FIRST_WAIT = 10_000;
const LONGEST_WAIT = 300_000;
/** Milliseconds after which an open connection has shown that it holds. */
const HOLDS_AFTER = 60_000;
/** Seconds between two reports at least. */
const LEAST_BETWEEN = 3;

/**
 * Tells the server now and then how playback goes, if this viewer is one of the few who do. Nothing in it can disturb playback: what
 * fails is tried again later, and what cannot be told is forgotten.
 */
export class Reporter {
  private readonly sampling: Sampling;
  private socket: WebSocket | undefined;
  private settings: ReportSettings | undefined;
  private sharing = false;
  private counted: Counts | undefined;
  /** Seconds: what was before has been told, or is nobody's business. */
  private coveredUntil = 0;
  private sentAt = Number.NEGATIVE_INFINITY;
  private startUpTold = false;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly figures: Figures,
    private readonly random: () => number = Math.random,
    /** Milliseconds. */
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.sampling = new Sampling(random);
  }

  private get now(): number {
    return this.clock() / 1_000;
  }

  /** At each look at player.json; undefined while nothing live is watched. */
  update(player: PlayerJson | undefined): void {
    const choice = this.sampling.look(player, this.now);
    if (player === undefined) {
      this.stop();
      // A replay counts in the same figures.
      this.counted = undefined;
      return;
    }
    if (this.counted === undefined && this.sampling.hasJoined) this.beginCount();
    this.sharing = player.p2p.enabled && this.figures.canShare;
    if (!choice.report) {
      this.stop();
      return;
    }
    const { settings, first } = choice;
    if (this.settings === undefined) {
      // Who begins later tells of what comes from now on: others have told for it so far.
      if (!first) this.beginCount();
      this.settings = settings;
      this.connect();
      return;
    }
    const changed = settings.share !== this.settings.share;
    this.settings = settings;
    if (changed && this.now - this.sentAt >= LEAST_BETWEEN) this.send();
  }

  /** The last report, and the end: at least until the next look. */
  stop(): void {
    if (this.settings === undefined) return;
    if (this.now - this.sentAt >= LEAST_BETWEEN) this.send();
    this.settings = undefined;
    clearTimeout(this.timer);
    const { socket } = this;
    this.socket = undefined;
    socket?.close(1000);
  }

  private beginCount(): void {
    this.counted = countsOf(this.figures);
    this.coveredUntil = this.now;
  }

  private connect(): void {
    const address = this.settings && reachableAddress(this.settings.address);
    if (address === undefined) return;
    let socket: WebSocket;
    try {
      socket = new WebSocket(address);
    } catch {
      this.later(LONGEST_WAIT, () => this.connect());
      return;
    }
    this.socket = socket;
    const since = this.clock();
    socket.onopen = () => this.repeat();
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.socket = undefined;
      this.failures = this.clock() - since > HOLDS_AFTER ? 0 : this.failures + 1;
      const wait = Math.min(FIRST_WAIT * 2 ** Math.min(this.failures, 6), LONGEST_WAIT);
      this.later(wait * (0.5 + this.random()), () => this.connect());
    };
  }

  private repeat(): void {
    if (this.settings === undefined) return;
    this.send();
    this.later(1_000 * this.settings.every * (0.9 + 0.2 * this.random()), () => this.repeat());
  }

  private later(milliseconds: number, act: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.settings !== undefined) act();
    }, milliseconds);
  }

  private send(): void {
    const { socket, settings, figures } = this;
    if (settings === undefined || socket?.readyState !== WebSocket.OPEN) return;
    const most = Math.max(MOST_COVERED, 2 * settings.after);
    // After a long sleep nobody would believe it.
    if (this.counted === undefined || this.now - this.coveredUntil > most) this.beginCount();
    const counts = countsOf(figures);
    const startUp = this.startUpTold || figures.startUp === null ? null : tidy(figures.startUp);
    const report: Report = {
      v: 1,
      share: settings.share,
      session: tidy(this.sampling.session(this.now)),
      seconds: tidy(this.now - this.coveredUntil),
      ...since(this.counted as Counts, counts),
      startUp,
      latency: figures.latency === null ? null : tidy(figures.latency),
      rendition: figures.rendition,
      peers: figures.peers.size,
      p2p: this.sharing,
    };
    socket.send(JSON.stringify(report));
    this.counted = counts;
    this.coveredUntil = this.sentAt = this.now;
    this.startUpTold ||= startUp !== null;
    figures.reported(report);
  }
}
