import "media-chrome/media-controller";
import "media-chrome/media-control-bar";
import "media-chrome/media-play-button";
import "media-chrome/media-time-range";
import "media-chrome/media-time-display";
import "media-chrome/media-mute-button";
import "media-chrome/media-volume-range";
import "media-chrome/media-pip-button";
import "media-chrome/media-fullscreen-button";
import "media-chrome/media-loading-indicator";
import "./panel";
import "./replay-list";
import { html, LitElement, nothing, type PropertyValues } from "lit";
import { Reporter } from "../audience/reporter";
import { exposeFigures, Figures } from "../figures";
import { type Phase, Playback } from "../media/playback";
import { ReplayPlayback } from "../media/replay-playback";
import { ViewersChoice } from "../p2p/viewers-choice";
import { isDirect, playerJsonUrl, replayOf, type StreamName, streamNameOf } from "../stream/address";
import { canShare, isOnAir, type PlayerJson } from "../stream/player-json";
import { fetchReplays, type Replay } from "../stream/replays";
import { type Look, Watcher } from "../stream/watcher";
import { pageStyles } from "./page-styles";
import {
  asideFor,
  formatDate,
  type Message,
  messageFor,
  replayMessage,
  type Situation,
  stateOf,
} from "./words";

/** Milliseconds: the edge keeps the list for ten seconds. */
const REPLAYS_FRESH = 10_000;
/** Stands for the source's own playlist where else the id of a replay is wanted. */
const DIRECT = "direct";
/** Seconds that one step back goes. */
const STEP_BACK = 30;
/** Seconds of live window from which on it is worth a bar to seek in. */
const LONG_WINDOW = 120;

/** The whole page: the picture, what is said over it, and the panel. */
export class SpillwayPage extends LitElement {
  static override styles = pageStyles;
  private readonly figures = new Figures();
  private readonly stream: StreamName = streamNameOf(new URL(location.href));
  private readonly reporter = new Reporter(this.figures);
  private playback: Playback | undefined;
  private player: PlayerJson | null | undefined;
  private trouble = "";
  private panelOpen = false;
  private soundAsked = false;
  private readonly address: URL | undefined = this.stream.ok
    ? playerJsonUrl(this.stream.name, document.baseURI)
    : undefined;
  /** The broadcast to be watched again; undefined: the live stream. */
  private wanted = wantedBy(new URL(location.href));
  private replay: ReplayPlayback | undefined;
  private replays: Replay[] | undefined;
  private replaysTrouble = "";
  private replaysAskedAt = Number.NEGATIVE_INFINITY;
  private listOpen = false;
  private readonly choice = new ViewersChoice(() => window.localStorage);

  constructor() {
    super();
    exposeFigures(this.figures);
  }

  private get video(): HTMLVideoElement {
    return this.renderRoot.querySelector("video") as HTMLVideoElement;
  }

  private get situation(): Situation {
    const phase = this.playback?.phase ?? "waiting";
    return {
      phase,
      player: this.player,
      trouble: this.trouble,
      listEnded: this.playback?.listHasEnded === true,
      onSlate: this.playback?.onSlate ?? null,
    };
  }

  protected override firstUpdated(_: PropertyValues): void {
    const { address } = this;
    if (address === undefined) return;
    const { video } = this;
    // A property, since an attribute set by a template mutes only what is parsed from HTML.
    video.muted = true;
    video.addEventListener("volumechange", () => this.requestUpdate());
    const watcher = new Watcher(address, (look) => this.onLook(look, watcher));
    this.playback = new Playback(address, video, this.figures, () => watcher.hurry());
    this.playback.addEventListener("change", () => this.changed());
    this.playback.sharing = this.choice.shares;
    if (this.wanted !== undefined) this.playback.suspend();
    window.addEventListener("popstate", () => this.show(wantedBy(new URL(location.href))));
    window.addEventListener("online", () => watcher.hurry());
    window.addEventListener("pagehide", () => this.reporter.stop());
    watcher.start();
  }

  private onLook(look: Look, watcher: Watcher): void {
    if (look.ok) {
      this.trouble = "";
      this.player = look.player ?? null;
      this.playback?.update(look.player);
      // What a replay does is not the live stream's.
      this.reporter.update(this.wanted === undefined ? look.player : undefined);
      if (this.playback?.wantsNews === false) watcher.settled();
      if (this.wanted === DIRECT && this.replay === undefined) this.openDirect(look.player);
      if (this.listShown || (this.wanted !== undefined && this.replay === undefined))
        void this.lookForReplays();
      else if (this.player?.replays === "") this.replays = undefined;
    } else {
      // What is on screen goes on: only the news are missing.
      if (this.trouble !== look.reason) this.figures.error(look.reason);
      this.trouble = look.reason;
    }
    this.changed();
    this.figures.changed();
  }

  private changed(): void {
    this.figures.state = this.wanted === undefined ? stateOf(this.situation) : this.replayState;
    const title = this.title_;
    document.title = this.wanted === undefined || this.isDirect ? title : `${title} – replay`;
    this.requestUpdate();
  }

  private get title_(): string {
    return this.replay?.replay.title || this.player?.title || "Live stream";
  }

  private get replayState(): string {
    const phase = this.replayPhase;
    return phase === "playing" ? (this.isDirect ? DIRECT : "replay") : phase;
  }

  private get replayPhase(): Parameters<typeof replayMessage>[0] {
    if (this.replay !== undefined) return this.replay.phase;
    if (this.player === undefined) return this.trouble === "" ? "looking" : "unreachable";
    if (this.player === null || this.player.replays === "") return "missing";
    if (this.replays === undefined) return this.replaysTrouble === "" ? "looking" : "unreachable";
    return "missing";
  }

  /** Nothing is on screen, so that there is room for the list. */
  private get isIdle(): boolean {
    if (this.wanted !== undefined) return this.replay === undefined;
    const phase = this.playback?.phase ?? "waiting";
    return phase === "waiting" || phase === "unsupported";
  }

  private get hasReplays(): boolean {
    return this.player != null && this.player.replays !== "";
  }

  private get listShown(): boolean {
    return this.hasReplays && (this.listOpen || this.isIdle);
  }

  /** Only what player.json names is asked for: a 404 would stay in the edge's cache. */
  private async lookForReplays(): Promise<void> {
    const { player, address } = this;
    const now = performance.now();
    if (player == null || player.replays === "" || address === undefined) return;
    if (now - this.replaysAskedAt < REPLAYS_FRESH) return;
    this.replaysAskedAt = now;
    const list = await fetchReplays(new URL(player.replays, address));
    if (list.ok) {
      this.replays = list.replays;
      this.replaysTrouble = "";
      if (this.wanted !== undefined && this.replay === undefined) this.openWanted();
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
      this.show(undefined);
      return;
    }
    const playlists = [new URL(fallback)];
    this.openReplay(
      { broadcast: DIRECT, title, begin: new Date(), duration: 0, playlists, onAir: false, live: true },
      undefined,
    );
  }

  private get isDirect(): boolean {
    return this.wanted === DIRECT;
  }

  private openReplay(replay: Replay, at: Date | undefined): void {
    this.wanted = replay.broadcast;
    this.listOpen = false;
    this.playback?.suspend();
    this.replay?.destroy();
    this.replay = new ReplayPlayback(replay, this.video, this.figures, at, (date) => {
      // The live playlist goes on from what the replay has last.
      if (isOnAir(this.player ?? undefined) && this.player?.broadcast === replay.broadcast)
        this.leaveReplay(date ?? undefined);
    });
    this.replay.addEventListener("change", () => this.changed());
    this.changed();
  }

  private choose(replay: Replay, at?: Date): void {
    const address = new URL(location.href);
    address.searchParams.set("replay", replay.broadcast);
    address.searchParams.delete(DIRECT);
    history.pushState(null, "", address);
    this.openReplay(replay, at);
  }

  private leaveReplay(at?: Date): void {
    const address = new URL(location.href);
    address.searchParams.delete("replay");
    address.searchParams.delete(DIRECT);
    history.pushState(null, "", address);
    this.show(undefined, at);
  }

  /** What the address says now. */
  private show(wanted: string | undefined, at?: Date): void {
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    this.replay?.destroy();
    this.replay = undefined;
    this.listOpen = false;
    if (wanted === undefined) this.playback?.resume(at);
    else {
      this.playback?.suspend();
      this.openWanted();
      if (this.replay === undefined) void this.lookForReplays();
    }
    this.changed();
  }

  /** Within the live playlist as far as it goes, and from there in the replay of what is on air. */
  private stepBack(): void {
    const { playback, player, address } = this;
    if (playback === undefined) return;
    const date = playback.playingDate;
    if (playback.roomBehind >= STEP_BACK || date === null || !player?.replay || address === undefined) {
      playback.goBack(STEP_BACK);
      return;
    }
    const at = new Date(date.getTime() - 1_000 * STEP_BACK);
    const known = this.replays?.find(({ broadcast }) => broadcast === player.broadcast);
    const { broadcast, title } = player;
    const playlists = [new URL(player.replay, address)];
    this.choose(known ?? { broadcast, title, begin: at, duration: 0, playlists, onAir: true }, at);
  }

  private toggleList(): void {
    this.listOpen = !this.listOpen;
    this.panelOpen = false;
    if (this.listOpen) void this.lookForReplays();
    this.requestUpdate();
  }

  private get message(): Message | undefined {
    if (!this.stream.ok) {
      return {
        title: "There is no such stream.",
        detail: `“${this.stream.given.slice(0, 40)}” is not the name of a stream. Please check the address.`,
        busy: false,
      };
    }
    // There is no end to it: what has ended is asked for again.
    if (this.isDirect)
      return messageFor({ ...this.situation, phase: (this.replay?.phase ?? "waiting") as Phase });
    return this.wanted === undefined ? messageFor(this.situation) : replayMessage(this.replayPhase);
  }

  private onSound(): void {
    this.soundAsked = true;
    this.video.muted = false;
    if (this.video.volume === 0) this.video.volume = 1;
    (this.replay ?? this.playback)?.play();
    this.requestUpdate();
  }

  private togglePanel(): void {
    this.panelOpen = !this.panelOpen;
    this.listOpen = false;
    this.requestUpdate();
  }

  private onQuality(event: Event): void {
    (this.replay ?? this.playback)?.chooseRendition(Number((event.target as HTMLSelectElement).value));
  }

  protected override render(): unknown {
    const { message, isIdle: idle, title_: title, aside } = this;
    const withList = idle && this.listShown;
    const canSeek = (this.wanted !== undefined && !this.isDirect) || this.hasLongWindow;
    return html`
      <header>
        <h1>${title}</h1>
        <p class="aside" aria-live="polite">${aside}</p>
        ${this.badge()}
        ${this.listButton(idle)}
        <button
          class="round"
          aria-label="About this playback"
          aria-expanded=${this.panelOpen ? "true" : "false"}
          title="About this playback"
          @click=${() => this.togglePanel()}
        >
          i
        </button>
      </header>
      <main
        id="stage"
        class="${idle ? "idle" : ""} ${withList ? "with-list" : ""} ${aside === "" ? "" : "with-aside"}"
      >
        <media-controller
          fullscreenelement="stage"
          defaultstreamtype="live"
          hotkeys=${canSeek ? "noc" : "noarrowleft noarrowright noc"}
          novolumepref
          nomutedpref
          noautoseektolive
          ?inert=${idle}
        >
          <video slot="media" playsinline muted aria-label=${title}></video>
          <media-loading-indicator slot="centered-chrome" noautohide loadingdelay="700"></media-loading-indicator>
          ${canSeek ? this.seekBar() : nothing}
          <media-control-bar>
            <media-play-button></media-play-button>
            <media-mute-button></media-mute-button>
            <media-volume-range></media-volume-range>
            ${this.wanted === undefined ? this.backButton() : this.isDirect ? nothing : this.times()} ${this.liveButton()}
            <span class="space"></span>
            ${this.partMenu()} ${this.qualityMenu()}
            <media-pip-button></media-pip-button>
            <media-fullscreen-button></media-fullscreen-button>
          </media-control-bar>
        </media-controller>
        <div role="status" class="notice ${idle ? "" : "over"} ${message === undefined ? "quiet" : ""}">
          ${
            message === undefined
              ? nothing
              : html`<h2>${message.title}</h2>
                <p>${message.detail}</p>
                <div class="dots ${message.busy ? "" : "still"}"></div>`
          }
        </div>
        ${this.tapButton()} ${this.list()}
        ${
          this.panelOpen
            ? html`<spillway-panel
              .figures=${this.figures}
              ?can-share=${this.canShare}
              ?sharing=${this.choice.shares}
              @share=${(event: CustomEvent<boolean>) => this.onShare(event.detail)}
            ></spillway-panel>`
            : nothing
        }
      </main>
    `;
  }

  private get canShare(): boolean {
    const { player } = this;
    return this.wanted === undefined && player != null && canShare(player) && player.p2p.enabled;
  }

  private onShare(shares: boolean): void {
    this.choice.shares = shares;
    if (this.playback !== undefined) this.playback.sharing = shares;
    this.requestUpdate();
  }

  private get aside(): string {
    if (this.wanted === undefined) return asideFor(this.situation);
    const replay = this.replay?.replay;
    return replay === undefined || replay.live
      ? ""
      : replay.onAir
        ? "Still on air"
        : formatDate(replay.begin);
  }

  private get hasLongWindow(): boolean {
    const { seekable } = this.videoOrNone ?? {};
    return seekable !== undefined && seekable.length > 0 && seekable.end(0) - seekable.start(0) > LONG_WINDOW;
  }

  private get videoOrNone(): HTMLVideoElement | null {
    return this.renderRoot.querySelector("video");
  }

  private seekBar(): unknown {
    return html`<media-control-bar class="seek"><media-time-range></media-time-range></media-control-bar>`;
  }

  private times(): unknown {
    return html`<media-time-display showduration></media-time-display>`;
  }

  private backButton(): unknown {
    const { playback } = this;
    const canGo = (playback?.roomBehind ?? 0) >= STEP_BACK || (this.player?.replay ?? "") !== "";
    if (playback?.phase !== "playing" || !canGo) return nothing;
    return html`<button class="bar-button plain" aria-label="Back ${STEP_BACK} seconds" @click=${() => this.stepBack()}>
      −${STEP_BACK} s
    </button>`;
  }

  /** Parts of a broadcast of more than twelve hours. */
  private partMenu(): unknown {
    const { replay } = this;
    const count = replay?.replay.playlists.length ?? 0;
    if (replay === undefined || count < 2) return nothing;
    const onChange = (event: Event) => replay.choosePart(Number((event.target as HTMLSelectElement).value));
    return html`<select class="quality" aria-label="Part" @change=${onChange}>
      ${Array.from(
        { length: count },
        (_, part) =>
          html`<option value=${part} ?selected=${part === replay.chosenPart}>Part ${part + 1} of ${count}</option>`,
      )}
    </select>`;
  }

  private listButton(idle: boolean): unknown {
    if (!this.hasReplays || idle) return nothing;
    return html`<button
      class="pill"
      aria-expanded=${this.listOpen ? "true" : "false"}
      @click=${() => this.toggleList()}
    >
      Replays
    </button>`;
  }

  private list(): unknown {
    if (!this.listShown) return nothing;
    return html`<spillway-replay-list
      class=${this.isIdle ? "shelf" : "aside-panel"}
      .replays=${this.replays}
      .current=${this.wanted ?? ""}
      .trouble=${this.replaysTrouble}
      @choose=${(event: CustomEvent<Replay>) => this.choose(event.detail)}
    ></spillway-replay-list>`;
  }

  private badge(): unknown {
    if (this.isDirect) return html`<span class="badge">Direct</span>`;
    if (this.wanted !== undefined) return html`<span class="badge">Replay</span>`;
    const state = stateOf(this.situation);
    const live = state === "live";
    const text = live
      ? "Live"
      : state === "slate"
        ? "Short break"
        : state === "ended"
          ? "Ended"
          : state === "offline" || state === "looking"
            ? "Offline"
            : "…";
    return html`<span class="badge ${live ? "live" : ""}">${text}</span>`;
  }

  private liveButton(): unknown {
    if (this.wanted !== undefined) {
      if (this.isDirect || !isOnAir(this.player ?? undefined)) return nothing;
      return html`<button class="bar-button" @click=${() => this.leaveReplay()}>Go live</button>`;
    }
    const atEdge = this.playback?.isAtLiveEdge === true;
    return html`<button
      class="bar-button ${atEdge ? "at-edge" : ""}"
      aria-label=${atEdge ? "Playing live" : "Go to live"}
      @click=${() => this.playback?.goLive()}
    >
      ${atEdge ? "Live" : "Go live"}
    </button>`;
  }

  private qualityMenu(): unknown {
    const playback = this.replay ?? this.playback;
    const renditions = playback?.renditions ?? [];
    if (renditions.length === 0) return nothing;
    const chosen = playback?.chosenRendition ?? -1;
    return html`<select class="quality" aria-label="Quality" @change=${(event: Event) => this.onQuality(event)}>
      ${renditions.map(({ id, label }) => html`<option value=${id} ?selected=${id === chosen}>${label}</option>`)}
    </select>`;
  }

  private tapButton(): unknown {
    if (this.wanted !== undefined && this.isIdle && isOnAir(this.player ?? undefined)) {
      return html`<button class="tap play" @click=${() => this.leaveReplay()}>Go live</button>`;
    }
    const playback = this.replay ?? this.playback;
    const phase = this.isIdle ? "waiting" : playback?.phase;
    if (phase === "blocked") {
      return html`<button class="tap play" @click=${() => playback?.play()}>Tap to play</button>`;
    }
    if (phase !== "playing" || this.soundAsked || !this.video.muted) return nothing;
    return html`<button class="tap" @click=${() => this.onSound()}>Tap for sound</button>`;
  }
}

/** The broadcast to be watched again, the source itself, or undefined for the live stream. */
function wantedBy(page: URL): string | undefined {
  return isDirect(page) ? DIRECT : replayOf(page);
}

customElements.define("spillway-page", SpillwayPage);
