import type { ErrorData, HlsConfig, Level } from "hls.js";
import Hls from "hls.js/light";
import type { Figures } from "../figures";
import { early } from "../stream/early";
import type { Replay } from "../stream/replays";
import { countingLoader } from "./counting-loader";
import { type Dates, datesOf, positionAt } from "./dates";
import { renditionName, renditionsOf } from "./hls-session";
import { NativeSession } from "./native-session";
import { Recovery, type Trouble } from "./recovery";
import type { Rendition } from "./session";
import { startPlaying } from "./start-playing";

export type ReplayPhase = "starting" | "playing" | "recovering" | "blocked" | "ended" | "unsupported";

/** Seconds before the end of what is stored of a broadcast on air: there the live playlist goes on. */
const NEAR_THE_END = 6;
const TICK = 1_000;

/**
 * Plays one replay from the edge, or the source's own playlist, with nothing from peers: whoever watches is alone at that place. Ends with `destroy`; the
 * video element is the page's. A long broadcast is in parts, one after the other.
 */
export class ReplayPlayback extends EventTarget {
  phase: ReplayPhase = "starting";
  private hls: Hls | undefined;
  private part: number;
  private userPaused = false;
  private readonly recovery = new Recovery(Math.random);
  private recoveryTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly ticking = setInterval(() => this.tick(), TICK);
  private readonly listening = new AbortController();

  constructor(
    readonly replay: Replay,
    private readonly video: HTMLVideoElement,
    private readonly figures: Figures,
    /** Where to begin; undefined: at its start. */
    at: Date | undefined,
    /** What is stored has been played and the broadcast goes on. */
    private readonly onCaughtUp: (date: Date | null) => void,
  ) {
    super();
    const { signal } = this.listening;
    const on = (name: string, handle: () => void) => video.addEventListener(name, handle, { signal });
    on("playing", () => this.setPhase("playing"));
    on("play", () => {
      this.userPaused = false;
    });
    on("pause", () => {
      if (!video.ended) this.userPaused = true;
      this.announce();
    });
    on("ended", () => this.onEnded());
    this.figures.broadcast = replay.broadcast;
    this.figures.latency = null;
    // Who comes from the live stream comes from what was just there.
    this.part = at === undefined ? 0 : replay.playlists.length - 1;
    this.open(at, 0);
  }

  get renditions(): readonly Rendition[] {
    return renditionsOf(this.hls?.levels ?? []);
  }

  get chosenRendition(): number {
    return this.hls === undefined || this.hls.autoLevelEnabled ? -1 : this.hls.loadLevel;
  }

  chooseRendition(id: number): void {
    if (this.hls !== undefined) this.hls.nextLevel = id;
  }

  /** From 0. */
  get chosenPart(): number {
    return this.part;
  }

  choosePart(part: number): void {
    this.part = part;
    this.open(undefined, 0);
  }

  /** The date of what is on screen; null where it cannot be known. */
  get playingDate(): Date | null {
    return this.hls?.playingDate ?? null;
  }

  /** What this part lists; null where it cannot be known. */
  get dates(): Dates | null {
    const details = this.hls?.latestLevelDetails;
    return details ? datesOf(details.fragments, 0) : null;
  }

  /** To a date in this part. */
  seekTo(date: Date): void {
    const found = positionAt(this.hls?.latestLevelDetails?.fragments ?? [], date);
    this.video.currentTime = found ?? 0;
  }

  play(): void {
    void startPlaying(this.video).then((result) => {
      if (result === "blocked") this.setPhase("blocked");
      else if (result === "playing" && this.phase === "blocked") this.setPhase("starting");
    });
  }

  /** The network is back: what waits to be tried is tried now. */
  onNetwork(): void {
    if (this.phase !== "recovering") return;
    clearTimeout(this.recoveryTimer);
    this.recoveryTimer = undefined;
    this.recovery.settled();
    this.open(undefined, this.video.currentTime);
  }

  destroy(): void {
    clearInterval(this.ticking);
    clearTimeout(this.recoveryTimer);
    this.listening.abort();
    this.close();
    this.figures.rendition = "";
  }

  private close(): void {
    this.hls?.destroy();
    this.hls = undefined;
  }

  private open(at: Date | undefined, position: number): void {
    this.close();
    const playlist = this.replay.playlists[this.part] as URL;
    this.setPhase("starting");
    if (Hls.isSupported()) this.openHls(playlist, at, position);
    else if (NativeSession.isSupported(this.video)) this.openNative(playlist, position);
    else this.setPhase("unsupported");
  }

  private openHls(playlist: URL, at: Date | undefined, position: number): void {
    const live = this.replay.live === true;
    const base = Hls.DefaultConfig.loader as Parameters<typeof countingLoader>[0];
    const hls = new Hls({
      loader: countingLoader(base, this.figures, early) as HlsConfig["loader"],
      startPosition: live ? -1 : position,
      lowLatencyMode: false,
      // What is still on air is played like any other replay: from where the viewer wants it.
      liveDurationInfinity: live,
      maxLiveSyncPlaybackRate: 1,
      maxBufferLength: 20,
      maxMaxBufferLength: 30,
      backBufferLength: 60,
    });
    this.hls = hls;
    hls.on(Hls.Events.MANIFEST_PARSED, () => {
      this.announce();
      if (!this.userPaused) this.play();
    });
    if (at !== undefined) {
      hls.once(Hls.Events.LEVEL_LOADED, (_, { details }) => {
        const found = positionAt(details.fragments, at);
        if (found !== undefined) hls.startLoad(found);
      });
    }
    hls.on(Hls.Events.LEVEL_SWITCHED, () => {
      const level: Level | undefined = hls.levels[hls.currentLevel];
      this.figures.rendition = level === undefined ? "" : renditionName(level);
      this.announce();
    });
    hls.on(Hls.Events.ERROR, (_, data) => this.onError(data));
    hls.loadSource(playlist.href);
    hls.attachMedia(this.video);
  }

  private openNative(playlist: URL, position: number): void {
    const { signal } = this.listening;
    this.video.src = playlist.href;
    this.video.addEventListener(
      "loadedmetadata",
      () => {
        if (position > 0 && this.replay.live !== true) this.video.currentTime = position;
        this.play();
      },
      { once: true, signal },
    );
    this.video.addEventListener("error", () => this.recover("network", this.video.error?.message ?? ""), {
      once: true,
      signal,
    });
  }

  private onError(data: ErrorData): void {
    if (!data.fatal) return;
    const { ErrorTypes } = Hls;
    const trouble =
      data.type === ErrorTypes.NETWORK_ERROR
        ? "network"
        : data.type === ErrorTypes.MEDIA_ERROR
          ? "media"
          : "other";
    this.recover(trouble, `${data.details} ${data.error?.message ?? ""}`.trim());
  }

  private recover(trouble: Trouble, detail: string): void {
    this.figures.error(detail);
    if (this.recoveryTimer !== undefined) return;
    const { step, delay } = this.recovery.next(trouble);
    this.setPhase("recovering");
    this.recoveryTimer = setTimeout(() => {
      this.recoveryTimer = undefined;
      if (step === "recover-media") this.hls?.recoverMediaError();
      else if (step === "reload" && this.hls !== undefined && this.hls.levels.length > 0)
        this.hls.startLoad();
      else this.open(undefined, this.video.currentTime);
    }, delay);
  }

  private onEnded(): void {
    // A server such as Owncast ends its playlist at each end of a show, and begins it anew.
    if (this.replay.live === true) this.recover("other", "ended");
    else if (this.part + 1 < this.replay.playlists.length) this.choosePart(this.part + 1);
    else this.setPhase("ended");
  }

  private tick(): void {
    const { hls, video } = this;
    if (this.phase === "recovering" && this.recoveryTimer === undefined && video.readyState >= 3)
      this.setPhase("playing");
    if (this.phase === "playing" && !video.paused) this.recovery.settled();
    const details = hls?.latestLevelDetails;
    const isLast = this.part === this.replay.playlists.length - 1;
    if (details?.live !== true || this.replay.live === true || !isLast || video.paused) return;
    if (details.edge - video.currentTime < NEAR_THE_END) this.onCaughtUp(hls?.playingDate ?? null);
  }

  private setPhase(phase: ReplayPhase): void {
    this.phase = phase;
    this.announce();
  }

  private announce(): void {
    this.dispatchEvent(new Event("change"));
    this.figures.changed();
  }
}
