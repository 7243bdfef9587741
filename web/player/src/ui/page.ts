import "media-chrome/media-controller";
import "media-chrome/media-control-bar";
import "media-chrome/media-play-button";
import "media-chrome/media-mute-button";
import "media-chrome/media-volume-range";
import "media-chrome/media-pip-button";
import "media-chrome/media-fullscreen-button";
import "media-chrome/media-loading-indicator";
import "./panel";
import { html, LitElement, nothing, type PropertyValues } from "lit";
import { exposeFigures, Figures } from "../figures";
import { Playback } from "../media/playback";
import { playerJsonUrl, type StreamName, streamNameOf } from "../stream/address";
import { canShare, type PlayerJson } from "../stream/player-json";
import { type Look, Watcher } from "../stream/watcher";
import { pageStyles } from "./page-styles";
import { asideFor, type Message, messageFor, type Situation, stateOf } from "./words";

/** The whole page: the picture, what is said over it, and the panel. */
export class SpillwayPage extends LitElement {
  static override styles = pageStyles;
  private readonly figures = new Figures();
  private readonly stream: StreamName = streamNameOf(new URL(location.href));
  private playback: Playback | undefined;
  private player: PlayerJson | null | undefined;
  private trouble = "";
  private panelOpen = false;
  private soundAsked = false;

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
    if (!this.stream.ok) return;
    const { video } = this;
    // A property, since an attribute set by a template mutes only what is parsed from HTML.
    video.muted = true;
    video.addEventListener("volumechange", () => this.requestUpdate());
    const address = playerJsonUrl(this.stream.name, document.baseURI);
    const watcher = new Watcher(address, (look) => this.onLook(look, watcher));
    this.playback = new Playback(address, video, this.figures, () => watcher.hurry());
    this.playback.addEventListener("change", () => {
      this.figures.state = stateOf(this.situation);
      this.requestUpdate();
    });
    window.addEventListener("online", () => watcher.hurry());
    watcher.start();
  }

  private onLook(look: Look, watcher: Watcher): void {
    if (look.ok) {
      this.trouble = "";
      this.player = look.player ?? null;
      if (look.player !== undefined && look.player.title !== "") document.title = look.player.title;
      this.playback?.update(look.player);
      if (this.playback?.wantsNews === false) watcher.settled();
    } else {
      // What is on screen goes on: only the news are missing.
      if (this.trouble !== look.reason) this.figures.error(look.reason);
      this.trouble = look.reason;
    }
    this.figures.state = stateOf(this.situation);
    this.figures.changed();
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
    return messageFor(this.situation);
  }

  private onSound(): void {
    this.soundAsked = true;
    this.video.muted = false;
    if (this.video.volume === 0) this.video.volume = 1;
    this.playback?.play();
    this.requestUpdate();
  }

  private togglePanel(): void {
    this.panelOpen = !this.panelOpen;
    this.requestUpdate();
  }

  private onQuality(event: Event): void {
    this.playback?.chooseRendition(Number((event.target as HTMLSelectElement).value));
  }

  protected override render(): unknown {
    const { playback, message } = this;
    const phase = playback?.phase ?? "waiting";
    const idle = phase === "waiting" || phase === "unsupported";
    const title = this.player?.title || "Live stream";
    const aside = asideFor(this.situation);
    return html`
      <header>
        <h1>${title}</h1>
        <p class="aside" aria-live="polite">${aside}</p>
        ${this.badge()}
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
      <main id="stage" class="${idle ? "idle" : ""} ${aside === "" ? "" : "with-aside"}">
        <media-controller
          fullscreenelement="stage"
          defaultstreamtype="live"
          hotkeys="noarrowleft noarrowright noc"
          novolumepref
          nomutedpref
          noautoseektolive
          ?inert=${idle}
        >
          <video slot="media" playsinline muted aria-label=${title}></video>
          <media-loading-indicator slot="centered-chrome" noautohide loadingdelay="700"></media-loading-indicator>
          <media-control-bar>
            <media-play-button></media-play-button>
            <media-mute-button></media-mute-button>
            <media-volume-range></media-volume-range>
            ${this.liveButton()}
            <span class="space"></span>
            ${this.qualityMenu()}
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
        ${this.tapButton()}
        ${
          this.panelOpen
            ? html`<spillway-panel
              .figures=${this.figures}
              ?sharing=${this.player != null && canShare(this.player) && this.player.p2p.enabled}
            ></spillway-panel>`
            : nothing
        }
      </main>
    `;
  }

  private badge(): unknown {
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
    const renditions = this.playback?.renditions ?? [];
    if (renditions.length === 0) return nothing;
    const chosen = this.playback?.chosenRendition ?? -1;
    return html`<select class="quality" aria-label="Quality" @change=${(event: Event) => this.onQuality(event)}>
      ${renditions.map(({ id, label }) => html`<option value=${id} ?selected=${id === chosen}>${label}</option>`)}
    </select>`;
  }

  private tapButton(): unknown {
    const phase = this.playback?.phase;
    if (phase === "blocked") {
      return html`<button class="tap play" @click=${() => this.playback?.play()}>Tap to play</button>`;
    }
    if (phase !== "playing" || this.soundAsked || !this.video.muted) return nothing;
    return html`<button class="tap" @click=${() => this.onSound()}>Tap for sound</button>`;
  }
}

customElements.define("spillway-page", SpillwayPage);
