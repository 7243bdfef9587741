import "./replay-list";
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { Figures, type FiguresView, viewOf } from "../figures";
import { History, STEP_SECONDS } from "../history";
import { LONG_WINDOW } from "../media/playback";
import { isDirect, playerJsonBeside, replayOf } from "../stream/address";
import { loadAgain } from "../stream/load-again";
import type { Replay } from "../stream/replays";
import { isBack, moveByArrows } from "./arrow-keys";
import { bottomBar, seekBar } from "./bars";
import { readableOn } from "./contrast";
import { playerStyles } from "./player-styles";
import { RemotePlaybackWatch } from "./remote-playback";
import { Show } from "./show";
import { VolumeMemory } from "./volume-memory";
import type { Message } from "./words";

/** Milliseconds after which the controls are loaded even if there is no picture. */
const WITHOUT_PICTURE = 1_500;

const noStream: Message = {
  title: "There is no such stream.",
  detail: "Please check the address.",
  busy: false,
};

/** `<spillway-player>`: the picture of one stream, what is said over it, its controls and its panels. docs/player.md is its manual. */
export class SpillwayPlayer extends LitElement {
  static override styles = playerStyles;
  static override properties = {
    src: { type: String },
    replay: { type: String },
    host: { attribute: false },
    noAutoplay: { type: Boolean, attribute: "noautoplay" },
    noP2p: { type: Boolean, attribute: "nop2p" },
  };
  /** Address of the stream's playlist at the edge: `https://cdn.example.org/live/playlist.m3u8`. */
  declare src: string;
  /** Id of a broadcast to watch again, `direct` for the source itself, "" for the live stream. */
  declare replay: string;
  /** Stands in place of `{host}` in the addresses of trackers; undefined: the host of `src`. */
  declare host: string | undefined;
  /** Nothing is played before the viewer, or a script, says so. */
  declare noAutoplay: boolean;
  /** Nothing is exchanged with other viewers. */
  declare noP2p: boolean;

  /** What this viewer's playback has done so far, read only. */
  readonly figures: FiguresView;
  private readonly counted = new Figures();
  private readonly history = new History(this.counted);
  private historyTimer: ReturnType<typeof setInterval> | undefined;
  private show_: Show | undefined;
  private readonly memory = new VolumeMemory(() => window.localStorage);
  private open: "statistics" | "replays" | "" = "";
  /** What had the focus when the panel was opened. */
  private opener: HTMLElement | undefined;
  private screens: RemotePlaybackWatch | undefined;
  private soundAsked = false;
  private started = false;
  private reported = "";
  private controlsTimer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.src = this.replay = "";
    this.noAutoplay = this.noP2p = false;
    this.figures = viewOf(this.counted);
  }

  /** Undefined until `src` has been set to an address. */
  get show(): Show | undefined {
    return this.show_;
  }

  get video(): HTMLVideoElement {
    return this.renderRoot.querySelector("video") as HTMLVideoElement;
  }

  /** What the player is doing, in one word. */
  get state(): string {
    return this.counted.state;
  }

  play(): void {
    this.started = true;
    if (this.show_ === undefined) this.begin();
    else this.show_.running.play();
  }

  pause(): void {
    this.video.pause();
  }

  goLive(): void {
    if (this.show_?.isLive === false) this.show_.choose(undefined);
    else this.show_?.playback.goLive();
  }

  stepBack(): void {
    this.show_?.stepBack();
  }

  /** To the controls, for whoever has a remote control and no pointer. */
  override focus(options?: FocusOptions): void {
    const first = this.renderRoot.querySelector<HTMLElement>(".tap, media-play-button, .corner");
    if (first === null) super.focus(options);
    else first.focus(options);
  }

  /** Opens one of the panels, or closes it. */
  toggle(panel: "statistics" | "replays"): void {
    this.open = this.open === panel ? "" : panel;
    this.opener = (this.renderRoot as ShadowRoot).activeElement as HTMLElement | undefined;
    if (this.open === "statistics") void loadAgain(() => import("./panel"));
    this.show_?.showList(this.open === "replays");
    this.requestUpdate();
  }

  /** Closes the panel that is open; the focus goes back to where it came from. Returns whether there was one. */
  back(): boolean {
    if (this.open === "") return false;
    const { opener, open } = this;
    const hadFocus = this.contains(document.activeElement) || this.matches(":focus-within");
    this.toggle(open);
    if (hadFocus) opener?.focus();
    return true;
  }

  /** Another screen to play on; undefined while the browser knows of none. */
  get remote(): RemotePlaybackWatch | undefined {
    return this.screens?.isAvailable ? this.screens : undefined;
  }

  isOpen(panel: "statistics" | "replays"): boolean {
    return this.open === panel;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.controlsTimer = setTimeout(() => this.loadControls(), WITHOUT_PICTURE);
    this.historyTimer = setInterval(() => this.history.take(this.video), 1_000 * STEP_SECONDS);
    if (this.hasUpdated) this.begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.controlsTimer);
    clearInterval(this.historyTimer);
    this.end();
  }

  protected override firstUpdated(_: PropertyValues): void {
    const { video } = this;
    this.memory.attach(video);
    video.addEventListener("volumechange", () => this.requestUpdate());
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("src") || changed.has("host")) this.begin();
    else if (changed.has("replay")) this.show_?.watch(this.replay || undefined);
    if (changed.has("noP2p") && this.show_ !== undefined) this.show_.allowed = !this.noP2p;
  }

  private begin(): void {
    this.end();
    const address = this.src === "" ? undefined : playerJsonBeside(this.src, document.baseURI);
    if (address === undefined || !this.isConnected || (this.noAutoplay && !this.started)) {
      this.requestUpdate();
      return;
    }
    const show = new Show(
      address,
      this.video,
      this.counted,
      this.host ?? address.hostname,
      this.replay || undefined,
    );
    show.allowed = !this.noP2p;
    show.addEventListener("change", () => this.changed());
    show.addEventListener("choice", () => {
      this.closeList(show);
      this.replay = show.wanted ?? "";
      this.tell("replaychange");
    });
    this.show_ = show;
    this.changed();
  }

  private end(): void {
    this.show_?.destroy();
    this.show_ = undefined;
  }

  private changed(): void {
    const show = this.show_;
    if (show === undefined) return;
    if (show.running.phase === "playing") this.loadControls();
    const now = [show.state, show.player?.broadcast, show.title, show.isOnAir, show.hasReplays].join("\n");
    if (now !== this.reported) this.tell("statechange");
    this.reported = now;
    this.requestUpdate();
  }

  /** It is done with once something has been chosen from it. */
  private closeList(show: Show): void {
    if (this.open !== "replays") return;
    this.open = "";
    show.showList(false);
  }

  private tell(name: "statechange" | "replaychange"): void {
    const { show_: show, replay } = this;
    const detail = {
      state: this.state,
      broadcast: show?.player?.broadcast ?? "",
      title: show?.title ?? "",
      replay,
    };
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /** Buttons and bars are no part of the first picture. */
  private loadControls(): void {
    if (this.controlsTimer === undefined) return;
    clearTimeout(this.controlsTimer);
    this.controlsTimer = undefined;
    void loadAgain(() => import("./controls"));
    this.screens = new RemotePlaybackWatch(this.video, () => this.requestUpdate());
  }

  /** Before media-controller has the key. */
  private onKey(event: KeyboardEvent): void {
    if (isBack(event)) {
      if (this.back()) event.preventDefault();
      return;
    }
    if (moveByArrows(event)) return;
    const { show_: show } = this;
    const seconds = { ArrowLeft: -10, j: -10, ArrowRight: 10, l: 10 }[event.key];
    const isPlain = !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    const isOnPicture =
      event.target instanceof HTMLElement && /^(MEDIA-CONTROLLER|VIDEO)$/.test(event.target.tagName);
    if (seconds === undefined || !isPlain || !isOnPicture || show?.timeline === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    show.seekBy(seconds);
  }

  private onSound(): void {
    this.soundAsked = true;
    this.video.muted = false;
    if (this.video.volume === 0) this.video.volume = 1;
    this.show_?.running.play();
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    const show = this.show_;
    const idle = show?.isIdle ?? true;
    const waits = this.noAutoplay && !this.started;
    const message = show?.message ?? (waits ? undefined : this.src === "" ? noStream : undefined);
    const listed = show?.hasReplays === true && (idle || this.open === "replays");
    const title = show?.title ?? "";
    const canSeek = show !== undefined && this.canSeek(show);
    // Those of media-controller know positions, not what is live.
    const hotkeys = `noc no< no> ${canSeek && show.timeline === undefined ? "" : "noarrowleft noarrowright noj nol"}`;
    const classes = `${idle ? "idle" : ""} ${idle && listed ? "with-list" : ""} ${message ? "says" : ""}`;
    return html`
      <div
        id="stage"
        part="stage"
        class=${classes}
        style=${brandOf(show)}
        @keydown=${{ handleEvent: (event: KeyboardEvent) => this.onKey(event), capture: true }}
      >
        <media-controller
          part="controls"
          fullscreenelement="stage"
          defaultstreamtype="live"
          hotkeys=${hotkeys}
          novolumepref
          nomutedpref
          noautoseektolive
          ?inert=${idle}
        >
          <video part="video" slot="media" playsinline muted aria-label=${title}></video>
          <media-loading-indicator slot="centered-chrome" noautohide loadingdelay="700"></media-loading-indicator>
          ${canSeek ? seekBar(show) : nothing} ${show === undefined ? nothing : bottomBar(this, show)}
        </media-controller>
        <div
          role="status"
          part="notice"
          class="notice ${idle ? "" : "over"} ${message === undefined ? "quiet" : ""}"
        >
          ${
            message === undefined
              ? nothing
              : html`<h2>${message.title}</h2>
                <p>${message.detail}</p>
                <div class="dots ${message.busy ? "" : "still"}"></div>`
          }
        </div>
        ${this.button(show, message)} ${listed ? this.list(show, idle) : nothing}
        ${this.open === "statistics" && show !== undefined ? this.statistics(show) : nothing}
        ${idle && show !== undefined ? this.corner() : nothing}
      </div>
    `;
  }

  /** The one thing that there is to do just now, as a large button. */
  private button(show: Show | undefined, message: Message | undefined): unknown {
    const large = (text: string, act: () => void, kind = "tap play") =>
      html`<button part="button" class=${kind} @click=${act}>${text}</button>`;
    if (show === undefined)
      return this.noAutoplay && !this.started && this.src !== ""
        ? large("Play", () => this.play(), "tap middle")
        : nothing;
    if (message?.retry === true) return large("Try again", () => show.retry());
    if (!show.isLive && show.isIdle) return show.isOnAir ? large("Go live", () => this.goLive()) : nothing;
    const { justEnded } = show;
    if (justEnded !== undefined)
      return large("Watch it again", () => show.chooseReplay(justEnded), "tap again");
    if (show.isIdle) return nothing;
    const { phase } = show.running;
    if (phase === "blocked") return large("Tap to play", () => show.running.play());
    if (phase !== "playing" || this.soundAsked || !this.video.muted) return nothing;
    return large("Tap for sound", () => this.onSound(), "tap");
  }

  private list(show: Show, idle: boolean): unknown {
    return html`<spillway-replay-list
      part="replays"
      class=${idle ? "shelf" : "aside-panel"}
      .replays=${show.replays}
      .current=${show.wanted ?? ""}
      .trouble=${show.replaysTrouble}
      @choose=${(event: CustomEvent<Replay>) => show.chooseReplay(event.detail)}
    ></spillway-replay-list>`;
  }

  private statistics(show: Show): unknown {
    return html`<spillway-panel
      part="statistics"
      .figures=${this.counted}
      .history=${this.history}
      .saved=${show.player?.fromViewers}
      .video=${this.video}
      ?can-share=${show.canShare && !this.noP2p}
      ?sharing=${show.shares}
      @share=${(event: CustomEvent<boolean>) => {
        show.shares = event.detail;
      }}
    ></spillway-panel>`;
  }

  /** Without a picture there are no bars. */
  private corner(): unknown {
    return html`<button
      class="round corner"
      aria-label="About this playback"
      aria-expanded=${this.isOpen("statistics") ? "true" : "false"}
      title="About this playback"
      @click=${() => this.toggle("statistics")}
    >
      i
    </button>`;
  }

  private canSeek(show: Show): boolean {
    if (!show.isLive) return !show.isDirect;
    return show.timeline !== undefined || show.playback.windowLength > LONG_WINDOW;
  }
}

/** The stream's own colours, under those that the page around it sets. */
function brandOf(show: Show | undefined): string {
  const { accent, background } = show?.player?.branding ?? {};
  return `${accent ? `--brand-accent:${accent};--on-brand-accent:${readableOn(accent)};` : ""}${background ? `--brand-background:${background};` : ""}`;
}

/** What the address of a page says. */
export function wantedBy(page: URL): string {
  return isDirect(page) ? "direct" : (replayOf(page) ?? "");
}

customElements.define("spillway-player", SpillwayPlayer);
