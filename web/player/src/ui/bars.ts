import { html, nothing, type TemplateResult } from "lit";
import { type Show, STEP_BACK } from "./show";

/** What the bars can do with the player around them. */
type Player = {
  toggle(panel: "statistics" | "replays"): void;
  isOpen(panel: "statistics" | "replays"): boolean;
  stepBack(): void;
  goLive(): void;
  /** Undefined while there is no other screen to play on. */
  readonly remote: { choose(): void } | undefined;
};

/** Over what is on air in wall-clock time, else over what the playlist has. */
export function seekBar(show: Show): TemplateResult {
  const { timeline } = show;
  return html`<media-control-bar class="seek" @keydown=${keepKeys}>
    ${
      timeline === undefined
        ? html`<media-time-range></media-time-range>`
        : html`<spillway-time-bar
            .timeline=${timeline}
            @seek=${(event: CustomEvent<number>) => show.seekTo(event.detail)}
          ></spillway-time-bar>`
    }
  </media-control-bar>`;
}

/** media-controller takes the space bar, and the arrows, also from buttons and menus that are none of its own. */
function keepKeys(event: KeyboardEvent): void {
  const isOurs = event.target instanceof HTMLElement && !event.target.tagName.startsWith("MEDIA-");
  if (isOurs && /^( |Enter|Arrow.*)$/.test(event.key)) event.stopPropagation();
}

export function bottomBar(player: Player, show: Show): TemplateResult {
  return html`<media-control-bar part="bar" @keydown=${keepKeys}>
    <media-play-button></media-play-button>
    <media-mute-button></media-mute-button>
    <media-volume-range></media-volume-range>
    ${show.isLive ? backButton(player, show) : show.isDirect || show.timeline ? nothing : times()} ${liveButton(player, show)}
    <span class="space"></span>
    ${partMenu(show)} ${qualityMenu(show)} ${replaysButton(player, show)} ${statisticsButton(player)}
    ${remoteButton(player)}
    <media-pip-button></media-pip-button>
    <media-fullscreen-button></media-fullscreen-button>
  </media-control-bar>`;
}

function times(): TemplateResult {
  return html`<media-time-display showduration></media-time-display>`;
}

function backButton(player: Player, { playback, player: told }: Show): unknown {
  const canGo = playback.roomBehind >= STEP_BACK || (told?.replay ?? "") !== "";
  if (playback.phase !== "playing" || !canGo) return nothing;
  return html`<button
    class="bar-button plain"
    aria-label="−${STEP_BACK} s: back ${STEP_BACK} seconds"
    @click=${() => player.stepBack()}
  >
    −${STEP_BACK} s
  </button>`;
}

function liveButton(player: Player, show: Show): unknown {
  if (!show.isLive) {
    if (show.isDirect || !show.isOnAir) return nothing;
    return html`<button class="bar-button" @click=${() => player.goLive()}>Go live</button>`;
  }
  const atEdge = show.playback.isAtLiveEdge;
  return html`<button
    class="bar-button ${atEdge ? "at-edge" : ""}"
    aria-label=${atEdge ? "Playing live" : nothing}
    @click=${() => player.goLive()}
  >
    ${atEdge ? "Live" : "Go live"}
  </button>`;
}

/** Parts of a broadcast of more than twelve hours. */
function partMenu({ replay }: Show): unknown {
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

function qualityMenu({ running }: Show): unknown {
  const { renditions, chosenRendition } = running;
  if (renditions.length === 0) return nothing;
  const onChange = (event: Event) =>
    running.chooseRendition(Number((event.target as HTMLSelectElement).value));
  return html`<select class="quality" aria-label="Quality" @change=${onChange}>
    ${renditions.map(
      ({ id, label }) => html`<option value=${id} ?selected=${id === chosenRendition}>${label}</option>`,
    )}
  </select>`;
}

function replaysButton(player: Player, show: Show): unknown {
  if (!show.hasReplays) return nothing;
  return html`<button
    class="bar-button plain replays-button"
    aria-expanded=${player.isOpen("replays") ? "true" : "false"}
    @click=${() => player.toggle("replays")}
  >
    Replays
  </button>`;
}

function statisticsButton(player: Player): TemplateResult {
  return html`<button
    class="bar-button plain info"
    aria-label="About this playback"
    aria-expanded=${player.isOpen("statistics") ? "true" : "false"}
    title="About this playback"
    @click=${() => player.toggle("statistics")}
  >
    <span>i</span>
  </button>`;
}

function remoteButton({ remote }: Player): unknown {
  if (remote === undefined) return nothing;
  return html`<button
    class="bar-button plain"
    aria-label="Play on another screen"
    title="Play on another screen"
    @click=${() => remote.choose()}
  >
    <svg viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentcolor" stroke-width="2" aria-hidden="true">
      <path d="M7 17H4V5h16v12h-3" />
      <path d="m7.5 21 4.5-6 4.5 6z" fill="currentcolor" stroke="none" />
    </svg>
  </button>`;
}
