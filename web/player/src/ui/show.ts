import { Reporter } from "../audience/reporter";
import type { Figures } from "../figures";
import type { Dates } from "../media/dates";
import { type Phase, Playback } from "../media/playback";
import { ReplayPlayback } from "../media/replay-playback";
import { ViewersChoice } from "../p2p/viewers-choice";
import { atHost } from "../stream/address";
import { takeFirstLook } from "../stream/head-start";
import { canShare, isOnAir, type PlayerJson } from "../stream/player-json";
import { fetchReplays, type Replay } from "../stream/replays";
import { type Look, Watcher } from "../stream/watcher";
import { NEAR_LIVE, type Timeline, timelineOf } from "./timeline";
import { asideFor, type Message, messageFor, replayMessage, type Situation, stateOf } from "./words";

/** Milliseconds: the edge keeps the list for ten seconds. */
const REPLAYS_FRESH = 10_000;
/** Stands for the source's own playlist where else the id of a replay is wanted. */
export const DIRECT = "direct";
/** Seconds that one step back goes. */
export const STEP_BACK = 30;
/** Milliseconds from the begin of the live playlist: that leaves it before it could be loaded. */
const LEAVING = 4_000;

/**
 * What one video element shows of one stream: the live stream, a replay of it, or the source itself. Tells by `change` that something is
 * another way than before, and by `choice` that it has gone over from one of them to another by itself.
 */
export class Show extends EventTarget {
  /** Undefined until player.json has been read once, null when there is none yet. */
  player: PlayerJson | null | undefined;
  replay: ReplayPlayback | undefined;
  replays: Replay[] | undefined;
  /** Why the list of replays could not be had, "" if it could. */
  replaysTrouble = "";
  readonly playback: Playback;
  private readonly reporter: Reporter;
  private readonly watcher: Watcher;
  private readonly sharingChoice = new ViewersChoice(() => window.localStorage);
  private readonly listening = new AbortController();
  private trouble = "";
  private replaysAskedAt = Number.NEGATIVE_INFINITY;
  private listWanted = false;
  private pageAllows = true;
  /** What the live playlist listed last, and when that was. */
  private lastLive: { broadcast: string; dates: Dates; at: number } | undefined;
  /** Where the viewer was last on the bar, or is going to: the bar stays while that is being loaded. */
  private lastAt: { broadcast: string; at: number } | undefined;

  /**
   * @param address player.json.
   * @param host Stands in place of `{host}` in the addresses of trackers.
   * @param wanted Id of the broadcast to watch again, `direct`, or undefined for the live stream.
   */
  constructor(
    private readonly address: URL,
    private readonly video: HTMLVideoElement,
    readonly figures: Figures,
    private readonly host: string,
    public wanted: string | undefined,
  ) {
    super();
    this.reporter = new Reporter(figures);
    this.watcher = new Watcher(address, (look) => this.onLook(look));
    this.playback = new Playback(address, video, figures, () => this.watcher.hurry());
    this.playback.addEventListener("change", () => this.changed());
    this.playback.sharing = this.sharingChoice.shares;
    if (wanted !== undefined) this.playback.suspend();
    const { signal } = this.listening;
    window.addEventListener("online", () => this.onNetwork(), { signal });
    window.addEventListener("offline", () => this.changed(), { signal });
    window.addEventListener("pagehide", () => this.reporter.stop(), { signal });
    document.addEventListener("visibilitychange", () => this.onVisible(), { signal });
    this.watcher.start(takeFirstLook(address));
  }

  destroy(): void {
    this.listening.abort();
    this.watcher.stop();
    this.reporter.stop();
    this.replay?.destroy();
    this.playback.destroy();
  }

  get situation(): Situation {
    return {
      phase: this.playback.phase,
      player: this.player,
      trouble: this.trouble,
      listEnded: this.playback.listHasEnded,
      onSlate: this.playback.onSlate,
      failure: this.playback.failure,
      offline: navigator.onLine === false,
    };
  }

  get isDirect(): boolean {
    return this.wanted === DIRECT;
  }

  get isLive(): boolean {
    return this.wanted === undefined;
  }

  get isOnAir(): boolean {
    return isOnAir(this.player ?? undefined);
  }

  /** One word for what it does. */
  get state(): string {
    if (this.isLive) return stateOf(this.situation);
    const phase = this.replayPhase;
    return phase === "playing" ? (this.isDirect ? DIRECT : "replay") : phase;
  }

  /** Address of the operator's own picture, "" for none. */
  get logo(): string {
    const { logo } = this.player?.branding ?? { logo: "" };
    return logo !== "" && URL.canParse(logo, this.address) ? new URL(logo, this.address).href : "";
  }

  get title(): string {
    return this.replay?.replay.title || this.player?.title || "Live stream";
  }

  get message(): Message | undefined {
    // There is no end to it: what has ended is asked for again.
    if (this.isDirect)
      return messageFor({ ...this.situation, phase: (this.replay?.phase ?? "waiting") as Phase });
    return this.isLive ? messageFor(this.situation) : replayMessage(this.replayPhase);
  }

  /** A quiet word beside the picture, "" for none. */
  get aside(): string {
    return this.isLive ? asideFor(this.situation) : "";
  }

  /** What is watched now. */
  get running(): Playback | ReplayPlayback {
    return this.replay ?? this.playback;
  }

  /** Nothing is on screen, so that there is room for the list. */
  get isIdle(): boolean {
    if (!this.isLive) return this.replay === undefined;
    const { phase } = this.playback;
    return phase === "waiting" || phase === "unsupported";
  }

  get hasReplays(): boolean {
    return this.player != null && this.player.replays !== "";
  }

  /** The broadcast that has just ended, once it can be watched again. */
  get justEnded(): Replay | undefined {
    if (!this.isLive || this.player?.state !== "ended" || !this.isIdle) return undefined;
    const { broadcast } = this.player;
    return this.replays?.find((replay) => replay.broadcast === broadcast);
  }

  get canShare(): boolean {
    const { player } = this;
    return this.isLive && player != null && canShare(player) && player.p2p.enabled;
  }

  get shares(): boolean {
    return this.sharingChoice.shares;
  }

  set shares(shares: boolean) {
    this.sharingChoice.shares = shares;
    this.applySharing();
  }

  /** The page around it allows sharing. */
  set allowed(allowed: boolean) {
    this.pageAllows = allowed;
    this.applySharing();
  }

  /** Looks at player.json, and tries again at once whatever waits to be tried. */
  retry(): void {
    this.watcher.now();
    this.playback.retry();
  }

  /** Goes on with something else; at a date, if the live playlist still has it. */
  watch(wanted: string | undefined, at?: Date): void {
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    this.replay?.destroy();
    this.replay = undefined;
    if (wanted === undefined) this.playback.resume(at);
    else {
      this.playback.suspend();
      if (wanted === DIRECT) this.openDirect(this.player ?? undefined);
      else this.openWanted();
      if (this.replay === undefined) void this.lookForReplays();
    }
    this.changed();
  }

  /** The same by a choice within the player, which the page may want to know of. */
  choose(wanted: string | undefined, at?: Date): void {
    this.watch(wanted, at);
    this.dispatchEvent(new Event("choice"));
  }

  chooseReplay(replay: Replay, at?: Date): void {
    this.openReplay(replay, at);
    this.dispatchEvent(new Event("choice"));
  }

  /** The bar over what is on air, while that, or its replay, is on screen; undefined where there is none. */
  get timeline(): Timeline | undefined {
    const { player, replay, playback } = this;
    if (player == null || !this.isOnAir || this.isDirect) return undefined;
    const hasReplay = player.replay !== "";
    if (
      replay !== undefined &&
      (replay.replay.broadcast !== player.broadcast || replay.replay.playlists.length > 1)
    )
      return undefined;
    const playing = (replay ?? playback).playingDate?.getTime();
    if (playing !== undefined) this.lastAt = { broadcast: player.broadcast, at: playing };
    const at = this.lastAt?.broadcast === player.broadcast ? this.lastAt.at : undefined;
    return timelineOf(
      this.liveDates(player) ?? replay?.dates ?? null,
      hasReplay,
      player.broadcast,
      player.liveDelay,
      at,
    );
  }

  /** To a date on the bar: in the live playlist if that has it, else in the replay. */
  seekTo(at: number): void {
    const { player, replay, timeline, playback } = this;
    if (player == null || timeline === undefined) return;
    const live = this.liveDates(player);
    this.lastAt = { broadcast: player.broadcast, at };
    if (at > timeline.end - NEAR_LIVE) {
      if (replay !== undefined) this.choose(undefined);
      else playback.goLive();
      return;
    }
    const oldest = live === null ? Number.POSITIVE_INFINITY : live.begin + LEAVING;
    if (replay !== undefined) {
      if (at > oldest) this.choose(undefined, new Date(at));
      else replay.seekTo(new Date(at));
    } else if (at > oldest || player.replay === "") playback.seekTo(new Date(Math.max(at, oldest)));
    else this.openReplayOnAir(player, new Date(at));
  }

  /** So many seconds on, or back. */
  seekBy(seconds: number): void {
    const { timeline } = this;
    if (timeline !== undefined) this.seekTo(Math.max(timeline.at + 1_000 * seconds, timeline.begin));
  }

  /** What the live playlist lists; while the replay is on screen as it must be by now. */
  private liveDates({ broadcast }: PlayerJson): Dates | null {
    const now = performance.now();
    const { dates } = this.playback;
    if (dates !== null) this.lastLive = { broadcast, dates, at: now };
    const { lastLive } = this;
    if (lastLive?.broadcast !== broadcast) return null;
    const passed = now - lastLive.at;
    return { begin: lastLive.dates.begin + passed, end: lastLive.dates.end + passed };
  }

  /** Within the live playlist as far as it goes, and from there in the replay of what is on air. */
  stepBack(): void {
    const { playback, player } = this;
    const date = playback.playingDate;
    if (playback.roomBehind >= STEP_BACK || date === null || !player?.replay) {
      playback.goBack(STEP_BACK);
      return;
    }
    this.openReplayOnAir(player, new Date(date.getTime() - 1_000 * STEP_BACK));
  }

  private openReplayOnAir(player: PlayerJson, at: Date): void {
    const known = this.replays?.find(({ broadcast }) => broadcast === player.broadcast);
    const { broadcast, title } = player;
    const playlists = [new URL(player.replay, this.address)];
    this.chooseReplay(known ?? { broadcast, title, begin: at, duration: 0, playlists, onAir: true }, at);
  }

  /** The list of replays is on screen, or no longer. */
  showList(shown: boolean): void {
    this.listWanted = shown;
    if (shown) void this.lookForReplays();
  }

  private onLook(look: Look): void {
    if (look.ok) {
      const player = look.player && atHost(look.player, this.host);
      this.trouble = "";
      this.player = player ?? null;
      this.playback.update(player);
      // What a replay does is not the live stream's.
      this.reporter.update(this.isLive ? player : undefined);
      if (!this.playback.wantsNews) this.watcher.settled();
      if (this.isDirect && this.replay === undefined) this.openDirect(player);
      if (this.hasReplays && (this.listWanted || this.isIdle)) void this.lookForReplays();
      else if (this.player?.replays === "") this.replays = undefined;
    } else {
      // What is on screen goes on: only the news are missing.
      if (this.trouble !== look.reason) this.figures.error(look.reason);
      this.trouble = look.reason;
    }
    this.changed();
    this.figures.changed();
  }

  private applySharing(): void {
    this.playback.sharing = this.shares && this.pageAllows;
    this.changed();
  }

  private onNetwork(): void {
    this.watcher.now();
    this.playback.onNetwork();
    this.replay?.onNetwork();
    this.changed();
  }

  /** What was hidden may have been asleep for an hour. */
  private onVisible(): void {
    if (document.visibilityState === "visible") this.watcher.soon();
  }

  private get replayPhase(): Parameters<typeof replayMessage>[0] {
    if (this.replay !== undefined) return this.replay.phase;
    if (this.player === undefined) return this.trouble === "" ? "looking" : "unreachable";
    if (this.player === null || this.player.replays === "") return "missing";
    if (this.replays === undefined) return this.replaysTrouble === "" ? "looking" : "unreachable";
    return "missing";
  }

  /** Only what player.json names is asked for: a 404 would stay in the edge's cache. */
  private async lookForReplays(): Promise<void> {
    const { player } = this;
    const now = performance.now();
    if (player == null || player.replays === "") return;
    if (now - this.replaysAskedAt < REPLAYS_FRESH) return;
    this.replaysAskedAt = now;
    const list = await fetchReplays(new URL(player.replays, this.address));
    if (this.listening.signal.aborted) return;
    if (list.ok) {
      this.replays = list.replays;
      this.replaysTrouble = "";
      if (!this.isLive && this.replay === undefined) this.openWanted();
    } else {
      if (this.replaysTrouble !== list.reason) this.figures.error(list.reason);
      this.replaysTrouble = list.reason;
    }
    this.changed();
  }

  private openWanted(): void {
    const found = this.replays?.find(({ broadcast }) => broadcast === this.wanted);
    if (found !== undefined) this.openReplay(found, undefined);
  }

  /** The way back. Whatever Spillway says of itself otherwise does not matter; where it names no such way, it is left out. */
  private openDirect(player: PlayerJson | undefined): void {
    if (player === undefined) return;
    const { fallback, title } = player;
    if (fallback === "") {
      this.watch(undefined);
      return;
    }
    const playlists = [new URL(fallback)];
    this.openReplay(
      { broadcast: DIRECT, title, begin: new Date(), duration: 0, playlists, onAir: false, live: true },
      undefined,
    );
  }

  private openReplay(replay: Replay, at: Date | undefined): void {
    this.wanted = replay.broadcast;
    this.playback.suspend();
    this.replay?.destroy();
    this.replay = new ReplayPlayback(replay, this.video, this.figures, at, (date) => {
      // The live playlist goes on from what the replay has last.
      if (this.isOnAir && this.player?.broadcast === replay.broadcast)
        this.choose(undefined, date ?? undefined);
    });
    this.replay.addEventListener("change", () => this.changed());
    this.changed();
  }

  private changed(): void {
    this.figures.state = this.state;
    this.dispatchEvent(new Event("change"));
  }
}
