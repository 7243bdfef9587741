import "./player";
import { html, LitElement, nothing } from "lit";
import { playerJsonUrl, streamNameOf } from "../stream/address";
import type { Branding } from "../stream/player-json";
import { isBack, moveByArrows } from "./arrow-keys";
import { pageStyles } from "./page-styles";
import { type SpillwayPlayer, wantedBy } from "./player";
import { formatDate, stateOf } from "./words";

/** The page of one stream: the player, and above it whose stream it is. With `?embed` the player alone, for an iframe. */
export class SpillwayPage extends LitElement {
  static override styles = pageStyles;
  private readonly stream = streamNameOf(new URL(location.href));
  private readonly embedded = new URL(location.href).searchParams.has("embed");
  private shared = "";

  private get player(): SpillwayPlayer | null {
    return this.renderRoot.querySelector("spillway-player");
  }

  protected override firstUpdated(): void {
    const { player } = this;
    if (player === null) return;
    Object.defineProperty(window, "spillway", { value: player.figures, enumerable: true });
    // A remote control has nothing to point with: its first arrow goes to the controls.
    window.addEventListener("keydown", (event) => {
      if (document.activeElement !== document.body) return;
      if (/^Arrow|^Enter$/.test(event.key)) player.focus();
      else if (isBack(event) && player.back()) event.preventDefault();
    });
    this.addEventListener("keydown", (event) => void moveByArrows(event));
    window.addEventListener("popstate", () => {
      player.replay = wantedBy(new URL(location.href));
    });
  }

  private onState(): void {
    const show = this.player?.show;
    if (show === undefined) return;
    document.title = show.isLive || show.isDirect ? show.title : `${show.title} – replay`;
    this.requestUpdate();
  }

  private onReplay(): void {
    const address = new URL(location.href);
    address.searchParams.delete("direct");
    address.searchParams.delete("replay");
    const wanted = this.player?.replay;
    if (wanted) address.searchParams.set("replay", wanted);
    history.pushState(null, "", address);
    this.onState();
  }

  protected override render(): unknown {
    if (!this.stream.ok) return this.noStream(this.stream.given);
    const src = new URL("playlist.m3u8", playerJsonUrl(this.stream.name, document.baseURI)).href;
    return html`
      ${this.embedded ? nothing : this.header()}
      <main class=${this.embedded ? "alone" : ""}>
        <spillway-player
          exportparts="stage, video, controls, bar, notice, button, replays, statistics"
          src=${src}
          .host=${location.hostname}
          .replay=${wantedBy(new URL(location.href))}
          @statechange=${() => this.onState()}
          @replaychange=${() => this.onReplay()}
        ></spillway-player>
      </main>
      ${this.embedded ? nothing : this.about()}
    `;
  }

  private noStream(given: string): unknown {
    return html`<main class="alone lost">
      <div role="status">
        <h2>There is no such stream.</h2>
        <p>“${given.slice(0, 40)}” is not the name of a stream. Please check the address.</p>
      </div>
    </main>`;
  }

  private header(): unknown {
    const show = this.player?.show;
    const branding: Branding | undefined = show?.player?.branding;
    return html`<header part="header" style=${branding?.background ? `--brand-background:${branding.background}` : ""}>
      ${show?.logo ? html`<img class="logo" src=${show.logo} alt=${branding?.name ?? ""} />` : nothing}
      ${branding?.name && !branding.logo ? html`<span class="name">${branding.name}</span>` : nothing}
      <h1>${show?.title ?? "Live stream"}</h1>
      <p class="aside" aria-live="polite">${this.aside}</p>
      ${this.badge()}
      <button class="pill" @click=${() => void this.share()}>${this.shared || "Share"}</button>
    </header>`;
  }

  private about(): unknown {
    const description = this.player?.show?.player?.description ?? "";
    return description === ""
      ? nothing
      : html`<section class="about" part="description" aria-label="About this stream">${description}</section>`;
  }

  private get aside(): string {
    const show = this.player?.show;
    const replay = show?.replay?.replay;
    if (show === undefined || show.isLive) return show?.aside ?? "";
    if (replay === undefined || replay.live) return "";
    return replay.onAir ? "Still on air" : formatDate(replay.begin);
  }

  private badge(): unknown {
    const show = this.player?.show;
    if (show?.isDirect) return html`<span class="badge">Direct</span>`;
    if (show?.isLive === false) return html`<span class="badge">Replay</span>`;
    const state = show === undefined ? "looking" : stateOf(show.situation);
    return html`<span class="badge ${state === "live" ? "live" : ""}">${badges[state] ?? "…"}</span>`;
  }

  /** The browser's own way of passing a link on, else the clipboard. */
  private async share(): Promise<void> {
    const url = location.href;
    const title = document.title;
    try {
      if (typeof navigator.share === "function") {
        await navigator.share({ title, url });
        return;
      }
      await navigator.clipboard.writeText(url);
      this.shared = "Link copied";
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      // On plain http there is no clipboard: the address bar has it.
      this.shared = "Copy the address above";
    }
    this.requestUpdate();
    setTimeout(() => {
      this.shared = "";
      this.requestUpdate();
    }, 3_000);
  }
}

const badges: Record<string, string> = {
  live: "Live",
  slate: "Short break",
  ended: "Ended",
  offline: "Offline",
  looking: "Offline",
};

customElements.define("spillway-page", SpillwayPage);
