import type { Figures } from "../figures";
import { isOnAir, type PlayerJson } from "../stream/player-json";
import type { Dates } from "./dates";
import { delayOptions } from "./hls-options";
import { HlsSession } from "./hls-session";
import { LatencyShift } from "./latency-shift";
import { NativeSession } from "./native-session";
import { Recovery, type Trouble } from "./recovery";
import { secondsAhead } from "./seconds-ahead";
import type { Rendition, Session, SessionEvents } from "./session";
import { startPlaying } from "./start-playing";

/** Seconds of live window from which on it is worth a bar to seek in. */
export const LONG_WINDOW = 60;

/**
 * What the viewer sees of playback. `waiting`: nothing is on air; `holding`: too near the live edge, see `holdBack`;
 * `blocked`: the browser wants a tap first.
 */
export type Phase = "waiting" | "starting" | "playing" | "holding" | "recovering" | "blocked" | "unsupported";

const TICK = 1_000;
/** Milliseconds without progress after which the viewer is told. */
const STUCK_AFTER = 3_000;
/** Milliseconds between two ticks after which the page, or the machine, was asleep. */
const SLEPT = 20_000;
/** Milliseconds over which viewers whose network is back spread their next try. */
const BACK_SPREAD = 1_500;
/** Milliseconds of steady playback after which an earlier trouble is forgotten. */
const SETTLED_AFTER = 20_000;

/** What is being recovered from. */
export type Failure = {
  trouble: Trouble;
  /** For support: what hls.js or the browser says. */
  detail: string;
  /** Failures in a row, this one included. */
  count: number;
};

/**
 * Keeps a video element on the broadcast that player.json names: starts when something is on air, moves on to the next
 * broadcast once the present one has played out, and recovers from every failure for as long as something is on air.
 */
export class Playback extends EventTarget {
  phase: Phase = "waiting";
  /** Undefined while all is well. */
  failure: Failure | undefined;
  private session: Session | undefined;
  /** What the session plays. */
  private playing: PlayerJson | undefined;
  /** Moves the picture when the live delay changes. */
  private shift: LatencyShift | undefined;
  /** What player.json said last. */
  private latest: PlayerJson | undefined;
  private readonly recovery = new Recovery(Math.random);
  private recoveryTimer: ReturnType<typeof setTimeout> | undefined;
  private holding: ReturnType<typeof setTimeout> | undefined;
  /** Milliseconds, monotonic. */
  private holdsUntil = 0;
  /** Whether to hold is to be looked at once the live edge is known again. */
  private mayHoldLater = false;
  private hasPlayed = false;
  private ownRate = 1;
  private userPaused = false;
  /** The viewer was behind by its own choice when it paused. */
  private behindAtPause = false;
  private ownPause = false;
  /** Waits for data since it last played. */
  private interrupted = false;
  private begunAt = 0;
  private lastTick = performance.now();
  private lastPosition = -1;
  private lastAdvance = 0;
  /** Only GAPs were listed at the last look. */
  private wasDry = false;
  private troubledAt = 0;
  /** The video element belongs to a replay just now. */
  private suspended = false;
  private startAt: Date | undefined;
  /** The viewer is willing to exchange segments with others. */
  private willing = true;
  /** Name of the rendition that the viewer has chosen, "" for the player's choice. It outlives sessions. */
  private chosen = "";
  private readonly ticking = setInterval(() => this.tick(), TICK);
  private readonly listening = new AbortController();

  constructor(
    private readonly playerJson: URL,
    private readonly video: HTMLVideoElement,
    private readonly figures: Figures,
    /** player.json is likely to have changed. */
    private readonly onNewsWanted: () => void,
  ) {
    super();
    const { signal } = this.listening;
    const on = (name: string, handle: () => void) =>
      video.addEventListener(
        name,
        () => {
          if (!this.suspended) handle();
        },
        { signal },
      );
    on("playing", () => this.onPlaying());
    on("pause", () => this.onPause());
    on("play", () => {
      if (this.userPaused) this.comeBack();
      this.userPaused = false;
    });
    on("waiting", () => this.onWaiting());
    on("ended", () => this.onEnded());
    on("seeking", () => this.onSeeking());
  }

  /** The end: it cannot be used again. */
  destroy(): void {
    clearInterval(this.ticking);
    this.listening.abort();
    this.end();
  }

  get renditions(): readonly Rendition[] {
    return this.session?.renditions ?? [];
  }

  get chosenRendition(): number {
    return this.session?.chosenRendition ?? -1;
  }

  chooseRendition(id: number): void {
    const { session } = this;
    if (session === undefined) return;
    session.chosenRendition = id;
    this.chosen = session.renditions.find((rendition) => rendition.id === id)?.name ?? "";
    this.announce();
  }

  /** The viewer does not want to wait for the next try. */
  retry(): void {
    this.userPaused = false;
    if (this.suspended || (this.session === undefined && !isOnAir(this.latest))) return;
    if (this.phase === "recovering" || this.session === undefined) this.rebuild();
  }

  /** The network is back: what waits to be tried is tried now, though not by all viewers in the same moment. */
  onNetwork(): void {
    if (this.session === undefined || this.suspended) return;
    this.recovery.settled();
    if (this.recoveryTimer === undefined && secondsAhead(this.video) > 0 && this.phase === "playing") {
      this.session.reload();
      return;
    }
    clearTimeout(this.recoveryTimer);
    this.recoveryTimer = setTimeout(() => {
      this.recoveryTimer = undefined;
      this.lastAdvance = performance.now();
      if (this.phase === "recovering") this.rebuild();
      else this.session?.reload();
    }, BACK_SPREAD * Math.random());
  }

  /** True while what is on screen is about as near the live edge as it is meant to be. */
  get isAtLiveEdge(): boolean {
    const latency = this.session?.latency ?? null;
    if (latency === null || this.playing === undefined) return this.phase === "playing";
    return !this.video.paused && !this.isBehind(latency);
  }

  /** The list of the broadcast on screen has ended; another one may follow. */
  get listHasEnded(): boolean {
    return this.session?.listHasEnded === true;
  }

  /** The slate is on screen; null where only player.json can tell. */
  get onSlate(): boolean | null {
    return this.session?.onSlate ?? null;
  }

  /** True while player.json should be looked at oftener: this broadcast is over, or something is wrong with it. */
  get wantsNews(): boolean {
    return (
      this.session !== undefined && (this.session.listHasEnded || this.isOver || this.phase === "recovering")
    );
  }

  /** Leaves the video element to a replay. */
  suspend(): void {
    this.suspended = true;
    this.end();
    this.phase = "waiting";
  }

  /** Takes the video element again; at a date, if the live playlist still has it. */
  resume(at?: Date): void {
    this.suspended = false;
    this.userPaused = false;
    this.startAt = at;
    this.moveOn();
  }

  /** The date of what is on screen; null where it cannot be known. */
  get playingDate(): Date | null {
    return this.session?.playingDate ?? null;
  }

  /** Seconds that the live playlist goes back from what is on screen. */
  get roomBehind(): number {
    const { seekable, currentTime } = this.video;
    return this.session === undefined || seekable.length === 0
      ? 0
      : Math.max(currentTime - seekable.start(0), 0);
  }

  /** Seconds that the live playlist lists. */
  get windowLength(): number {
    const { seekable } = this.video;
    return this.session === undefined || seekable.length === 0 ? 0 : seekable.end(0) - seekable.start(0);
  }

  /** The dates between which the live playlist can be played, in milliseconds since 1970; null where they are not known. */
  get dates(): Dates | null {
    return this.session?.dates ?? null;
  }

  /** To a date that the live playlist lists. */
  seekTo(date: Date): void {
    const position = this.session?.positionAt(date);
    if (position !== undefined) this.video.currentTime = position;
  }

  goBack(seconds: number): void {
    if (this.session === undefined) return;
    this.session.staysBehind = true;
    this.video.currentTime -= Math.min(seconds, this.roomBehind);
  }

  goLive(): void {
    this.behindAtPause = false;
    if (this.session !== undefined) this.session.staysBehind = false;
    this.session?.goLive();
    this.play();
  }

  /** Called upon a tap, so that the browser lets it play. */
  play(): void {
    void startPlaying(this.video).then((result) => {
      if (result === "blocked") this.setPhase("blocked");
      else if (result === "playing" && this.phase === "blocked") this.setPhase("starting");
    });
  }

  /** Takes up what player.json says now; undefined: nothing has been on air yet. */
  update(player: PlayerJson | undefined): void {
    this.latest = player;
    if (this.suspended) return;
    if (this.session === undefined) {
      if (isOnAir(player)) this.begin(player);
      return;
    }
    if (player !== undefined) this.session.follow(player);
    if (isOnAir(player) && player.broadcast === this.playing?.broadcast) {
      this.followDelay(player);
      this.applySharing();
      return;
    }
    // Off air, or another broadcast: what is buffered is played out first.
    if (this.hasPlayedOut()) this.moveOn();
  }

  private followDelay(player: PlayerJson): void {
    const { playing } = this;
    if (playing === undefined) return;
    this.shift?.follow(player.liveDelay, this.session?.latency ?? null);
    this.playing = { ...playing, liveDelay: player.liveDelay, catchUp: player.catchUp };
  }

  /** The viewer's choice; the operator's stands in player.json. Both must be for it. */
  set sharing(willing: boolean) {
    this.willing = willing;
    this.applySharing();
  }

  private applySharing(): void {
    this.session?.setSharing(this.mayShare(this.latest ?? this.playing));
  }

  private mayShare(player: PlayerJson | undefined): boolean {
    return this.willing && player?.p2p.enabled === true;
  }

  private begin(player: PlayerJson): void {
    const playlist = new URL(player.playlist, this.playerJson);
    const events: SessionEvents = {
      ready: () => {
        if (!this.userPaused) this.play();
      },
      listEnded: () => this.onNewsWanted(),
      broken: (trouble, detail) => this.recover(trouble, detail),
      renditionsChanged: () => this.announce(),
      listed: () => this.onListed(),
    };
    this.playing = player;
    this.shift = new LatencyShift(player.liveDelay, performance.now());
    this.begunAt ||= performance.now();
    this.hasPlayed = this.behindAtPause = false;
    this.endInterruption();
    this.lastPosition = -1;
    this.lastAdvance = this.lastTick = performance.now();
    this.wasDry = false;
    this.figures.broadcast = player.broadcast;
    if (HlsSession.isSupported()) {
      const { video, figures, startAt } = this;
      const wanted = { sharing: this.mayShare(player), rendition: this.chosen, at: startAt };
      this.session = new HlsSession(player, playlist, video, figures, events, wanted);
      this.startAt = undefined;
    } else if (NativeSession.isSupported(this.video)) {
      this.session = new NativeSession(playlist, this.video, events);
    } else {
      this.setPhase("unsupported");
      return;
    }
    this.setPhase("starting");
    this.session.start();
  }

  /** Leaves the present session for what is on air now, if anything is. */
  private moveOn(): void {
    this.end();
    if (isOnAir(this.latest)) this.begin(this.latest);
    else this.setPhase("waiting");
  }

  private rebuild(): void {
    this.moveOn();
    if (this.session !== undefined) this.setPhase("recovering");
  }

  private end(): void {
    clearTimeout(this.recoveryTimer);
    this.recoveryTimer = undefined;
    clearTimeout(this.holding);
    this.holding = undefined;
    this.session?.destroy();
    this.session = undefined;
    this.shift = undefined;
    this.setRate(1);
    this.figures.stallEnds();
    this.playing = undefined;
    this.figures.latency = null;
    this.figures.rendition = "";
  }

  private get isOver(): boolean {
    return !isOnAir(this.latest) || this.latest.broadcast !== this.playing?.broadcast;
  }

  /** Nothing left to show of the present broadcast, or no hope of it. */
  private hasPlayedOut(): boolean {
    const { video } = this;
    if (this.holding !== undefined) return false;
    if (video.ended || this.userPaused || !this.hasPlayed || this.phase === "recovering") return true;
    return video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA;
  }

  private onPlaying(): void {
    // The event comes late: it may already stand still again.
    if (this.video.paused) return;
    this.hasPlayed = true;
    const { figures } = this;
    figures.startUp ??= (performance.now() - this.begunAt) / 1_000;
    this.endInterruption();
    this.setPhase("playing");
    this.holdBack();
  }

  /** Every pause that is not our own and not the end is the viewer's wish, wherever the button was (a key, a headset). */
  private onPause(): void {
    if (this.ownPause) this.ownPause = false;
    else if (this.hasPlayed && !this.video.ended) {
      this.userPaused = true;
      this.figures.stallEnds();
      if (this.session !== undefined) {
        // Else hls.js would go along with the live edge, and put another picture in place of the one that the viewer wants to look at.
        this.behindAtPause = this.session.staysBehind;
        this.session.staysBehind = true;
      }
    }
    this.announce();
  }

  /**
   * After a pause of the viewer's. Where there is a bar to seek in, it goes on where it was; else what is missing is made up for by a little
   * speed, or, when that would take minutes or the playlist no longer has it, by a jump.
   */
  private comeBack(): void {
    const { session, playing } = this;
    if (session === undefined || playing === undefined) return;
    const latency = session.latency;
    const tooFar = latency !== null && latency > delayOptions(playing).liveMaxLatencyDuration;
    const gone = this.roomBehind <= 0;
    session.staysBehind = !gone && (this.behindAtPause || (tooFar && this.windowLength > LONG_WINDOW));
    if (!session.staysBehind && (tooFar || gone)) session.goLive();
  }

  /**
   * Stands still until it is as far behind the live edge as all viewers are meant to be. hls.js jumps over a GAP, and
   * each jump brings it nearer to the edge, where it would from then on stall at every segment and find nothing at its
   * peers: standing still for as long as the GAP lasts keeps the distance. Playing slower is no way: the rate stays 1.
   */
  private holdBack(): void {
    const { session, playing, video } = this;
    this.mayHoldLater = session?.knowsLiveEdge === false;
    const missing = this.missingDistance;
    if (this.mayHoldLater || playing === undefined || missing < 1.25 * playing.segmentDuration) return;
    this.ownPause = true;
    video.pause();
    this.setPhase("holding");
    this.holdFor(missing);
  }

  private holdFor(seconds: number): void {
    clearTimeout(this.holding);
    this.holdsUntil = performance.now() + 1_000 * seconds;
    this.holding = setTimeout(() => {
      this.holding = undefined;
      this.lastAdvance = performance.now();
      this.play();
    }, 1_000 * seconds);
  }

  /** The live edge may have gone on by more than was to be waited for. */
  private onListed(): void {
    if (this.holding !== undefined) {
      const missing = Math.max(this.missingDistance, 0);
      if (performance.now() + 1_000 * missing < this.holdsUntil) this.holdFor(missing);
    } else if (this.mayHoldLater && this.phase === "playing" && this.session?.knowsLiveEdge === true) {
      this.holdBack();
    }
  }

  /** Seconds by which it is nearer to the live edge than it is meant to be; 0 or less: it is not. */
  private get missingDistance(): number {
    const { session, playing } = this;
    const latency = session?.latency ?? null;
    if (playing === undefined || latency === null || session?.listHasEnded === true) return 0;
    return (this.shift?.settledDelay ?? playing.liveDelay) - latency;
  }

  /** Whoever seeks back wants to stay there; hls.js would take them to the live edge again. After trouble it is hls.js that seeks. */
  private onSeeking(): void {
    const { session, playing } = this;
    const latency = session?.latency ?? null;
    if (session === undefined || playing === undefined || latency === null || !session.knowsLiveEdge) return;
    const isBehind = this.isBehind(latency);
    if (this.userPaused) this.behindAtPause = isBehind;
    else session.staysBehind = isBehind;
  }

  /** Further from the live edge than is made up for without anybody noticing. */
  private isBehind(latency: number): boolean {
    const { playing } = this;
    return playing !== undefined && latency > playing.liveDelay + 2 * playing.targetDuration;
  }

  private onWaiting(): void {
    if (this.session === undefined || !this.hasPlayed) return;
    if (this.isOver) {
      this.moveOn();
      return;
    }
    this.shift?.stalled(performance.now(), this.session.latency);
    // The last frames of an ended list are no stall, and one interruption may fire the event twice (jump over a GAP).
    if (!this.session.listHasEnded && !this.interrupted) this.figures.stallBegins();
    this.interrupted = true;
    this.announce();
  }

  private endInterruption(): void {
    this.interrupted = false;
    this.figures.stallEnds();
  }

  private onEnded(): void {
    if (this.isOver) this.moveOn();
    else this.onNewsWanted();
  }

  private recover(trouble: Trouble, detail: string): void {
    this.figures.error(detail);
    if (this.session === undefined || this.recoveryTimer !== undefined) return;
    if (this.isOver) {
      this.moveOn();
      return;
    }
    this.troubledAt = performance.now();
    const { step, delay } = this.recovery.next(trouble);
    this.failure = { trouble, detail, count: this.recovery.failures };
    if (trouble !== "media") this.onNewsWanted();
    this.setPhase("recovering");
    this.recoveryTimer = setTimeout(() => {
      this.recoveryTimer = undefined;
      this.lastAdvance = performance.now();
      if (step === "reload") this.session?.reload();
      else if (step === "recover-media") this.session?.recoverMedia();
      else this.rebuild();
    }, delay);
  }

  private tick(): void {
    const { session, video, figures } = this;
    if (session === undefined) return;
    const now = performance.now();
    if (now - this.lastTick > SLEPT) this.onWake(now);
    this.drift(now);
    session.keepChoice(now);
    figures.latency = session.latency;
    figures.rendition = session.rendition;
    // While only GAPs are listed hls.js moves the position along with the live edge: that is no playing.
    const isPlaying = video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && !video.seeking;
    const moved = video.currentTime - this.lastPosition;
    // More than the time that has passed is a jump.
    if (isPlaying && this.lastPosition >= 0 && moved > 0 && moved < (now - this.lastTick) / 1_000 + 0.6)
      figures.playedSeconds += moved;
    this.lastTick = now;
    if (moved !== 0 && isPlaying) {
      this.lastPosition = video.currentTime;
      this.lastAdvance = now;
      if (this.phase === "recovering" && this.recoveryTimer === undefined && !video.paused)
        this.setPhase("playing");
      if (now - this.troubledAt > SETTLED_AFTER) this.recovery.settled();
    }
    // What comes after a pause of the source has all the time that anything else has.
    const isDry = session.isDry;
    if (this.wasDry && !isDry) this.lastAdvance = now;
    this.wasDry = isDry;
    const stuckFor = now - this.lastAdvance;
    if (this.holding !== undefined) {
      this.announce();
      return;
    }
    // The browser has given up on what it was given; hls.js does not always say so.
    if (video.error !== null && this.recoveryTimer === undefined)
      this.recover("media", video.error.message || `media error ${video.error.code}`);
    const paused = this.userPaused || this.phase === "blocked";
    // hls.js may detach and attach the media by itself after an error, and that pauses it.
    if (!paused && this.hasPlayed && video.paused && !video.ended) this.play();
    if (this.isOver && (paused || this.hasPlayedOut() || stuckFor > STUCK_AFTER)) this.moveOn();
    else if (!paused && this.recoveryTimer === undefined && stuckFor > this.patience) {
      this.recover("other", `no progress for ${Math.round(stuckFor / 1_000)} s`);
      this.lastAdvance = now;
    } else if (
      !paused &&
      stuckFor > STUCK_AFTER &&
      (this.phase === "playing" || (isDry && this.phase === "starting"))
    ) {
      this.setPhase("recovering");
      this.onNewsWanted();
    }
    this.announce();
  }

  /** Nothing that was known is so any more; hls.js asks for the playlist, and goes to where it now is. */
  private onWake(now: number): void {
    this.lastAdvance = now;
    this.lastPosition = -1;
    this.onNewsWanted();
    if (this.userPaused || this.recoveryTimer !== undefined) return;
    this.session?.reload();
    this.session?.goLiveSoon();
  }

  /** While it is on its way to the live delay, or to another one, the picture goes a little slower or faster. */
  private drift(now: number): void {
    const { session, playing, shift, video } = this;
    const latency = session?.latency ?? null;
    if (session?.staysBehind === true) shift?.arrive();
    const mayDrift = this.phase === "playing" && !video.paused && !this.interrupted && !this.wasDry;
    this.setRate(
      mayDrift && playing && shift && latency !== null && session?.staysBehind === false
        ? shift.rate(now, latency, secondsAhead(video), playing.segmentDuration, playing.catchUp)
        : 1,
    );
  }

  /** Leaves alone what somebody else has set. */
  private setRate(rate: number): void {
    if (this.video.playbackRate === this.ownRate && rate !== this.ownRate) this.video.playbackRate = rate;
    this.ownRate = rate;
  }

  /**
   * Milliseconds without progress after which hls.js is taken to be stuck. An ended list waits for the next broadcast, and
   * one of GAPs for the source: to begin anew would bring nothing, and hls.js goes on by itself.
   */
  private get patience(): number {
    if (this.session?.listHasEnded === true || this.wasDry) return Number.POSITIVE_INFINITY;
    return Math.max(12_000, 5_000 * (this.playing?.targetDuration ?? 2));
  }

  private setPhase(phase: Phase): void {
    this.phase = phase;
    if (phase === "playing" || phase === "waiting") this.failure = undefined;
    this.announce();
  }

  private announce(): void {
    this.dispatchEvent(new Event("change"));
    this.figures.changed();
  }
}
