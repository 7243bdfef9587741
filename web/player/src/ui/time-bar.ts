import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { NEAR_LIVE, type Timeline } from "./timeline";
import { formatClock, formatLag, sayLag } from "./words";

/** Milliseconds after the last key, or the end of a drag, before it goes there: a remote control sends one key after another. */
const SETTLED = 400;
/** Milliseconds for which the chosen place is shown while it is being loaded. */
const UNDERWAY = 6_000;
/** Seconds that an arrow key goes, and a page key. */
const STEP = 10;
const PAGE = 60;

/** Bar over a broadcast on air, in wall-clock time. Says by `seek` where the viewer wants to be, in milliseconds since 1970. */
export class SpillwayTimeBar extends LitElement {
  static override shadowRootOptions = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override properties = { timeline: { attribute: false } };
  declare timeline: Timeline | undefined;
  /** Where the viewer wants to be. */
  private wanted: number | undefined;
  private wantedSince = 0;
  private settling: ReturnType<typeof setTimeout> | undefined;
  /** Where the pointer is over the bar, 0 to 1. */
  private pointer: number | undefined;

  static override styles = css`
    :host {
      display: flex;
      align-items: center;
      gap: 0.75rem;
      width: 100%;
      color: #fff;
      font-size: var(--time-size, 0.85rem);
      font-variant-numeric: tabular-nums;
      line-height: 1.5;
      white-space: nowrap;
    }
    .track {
      position: relative;
      flex: 1;
      min-width: 0;
    }
    input {
      appearance: none;
      display: block;
      box-sizing: border-box;
      width: 100%;
      height: 2.25rem;
      margin: 0;
      background: none;
      cursor: pointer;
    }
    input::-webkit-slider-runnable-track {
      height: 0.3rem;
      border-radius: 0.15rem;
      background: linear-gradient(to right, #fff var(--played), rgb(255 255 255 / 0.35) var(--played));
    }
    input::-moz-range-track {
      height: 0.3rem;
      border-radius: 0.15rem;
      background: rgb(255 255 255 / 0.35);
    }
    input::-moz-range-progress {
      height: 0.3rem;
      border-radius: 0.15rem;
      background: #fff;
    }
    input::-webkit-slider-thumb {
      appearance: none;
      width: 1rem;
      height: 1rem;
      margin-top: -0.35rem;
      border: 0;
      border-radius: 50%;
      background: #fff;
    }
    input::-moz-range-thumb {
      width: 1rem;
      height: 1rem;
      border: 0;
      border-radius: 50%;
      background: #fff;
    }
    input:focus-visible {
      border-radius: 0.4rem;
      outline: 3px solid #fff;
      outline-offset: -5px;
    }
    .bubble {
      position: absolute;
      bottom: 100%;
      left: clamp(4rem, var(--at), 100% - 4rem);
      padding: 0.15rem 0.6rem;
      border-radius: 0.4rem;
      background: rgb(10 14 20 / 0.9);
      transform: translateX(-50%);
      pointer-events: none;
    }
    @container (max-width: 40rem) {
      .begin {
        display: none;
      }
    }
  `;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.settling);
    this.wanted = this.pointer = undefined;
  }

  protected override willUpdate(_: PropertyValues): void {
    const { wanted, timeline } = this;
    if (wanted === undefined || timeline === undefined || this.settling !== undefined) return;
    const arrived = Math.abs(Math.min(wanted, timeline.end) - timeline.at) < NEAR_LIVE;
    if (arrived || performance.now() - this.wantedSince > UNDERWAY) this.wanted = undefined;
  }

  protected override render(): unknown {
    const { timeline, pointer } = this;
    if (timeline === undefined) return nothing;
    const { begin, end } = timeline;
    const at = Math.min(Math.max(this.wanted ?? timeline.at, begin), end);
    const length = end - begin;
    const isLive = end - at < NEAR_LIVE;
    const lag = (end - at) / 1_000;
    const clock = (date: number) => formatClock(date, end);
    const pointed = pointer === undefined ? undefined : begin + pointer * length;
    return html`<span class="begin" aria-hidden="true">${clock(begin)}</span>
      <div class="track" style="--played:${(100 * (at - begin)) / length}%;--at:${100 * (pointer ?? 0)}%">
        <input
          type="range"
          min="0"
          max=${Math.round(length / 1_000)}
          step="1"
          .value=${String(Math.round((at - begin) / 1_000))}
          aria-label="Position in the broadcast"
          aria-valuetext=${`${clock(at)}, ${isLive ? "live" : sayLag(lag)}`}
          @input=${(event: Event) => this.choose(begin + 1_000 * Number((event.target as HTMLInputElement).value))}
          @keydown=${(event: KeyboardEvent) => this.onKey(event, at)}
          @pointermove=${(event: PointerEvent) => this.point(event)}
          @pointerleave=${() => this.point(undefined)}
        />
        ${
          pointed === undefined
            ? nothing
            : html`<span class="bubble" aria-hidden="true"
                >${clock(pointed)}${end - pointed < NEAR_LIVE ? "" : ` · ${formatLag((end - pointed) / 1_000)}`}</span
              >`
        }
      </div>
      <span class="at" aria-hidden="true">${clock(at)}${isLive ? "" : ` · ${formatLag(lag)}`}</span>`;
  }

  private onKey(event: KeyboardEvent, at: number): void {
    const { timeline } = this;
    if (timeline === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const steps: Record<string, number> = {
      ArrowLeft: at - 1_000 * STEP,
      ArrowRight: at + 1_000 * STEP,
      PageDown: at - 1_000 * PAGE,
      PageUp: at + 1_000 * PAGE,
      Home: timeline.begin,
      End: timeline.end,
    };
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.choose(Math.min(Math.max(to, timeline.begin), timeline.end));
  }

  private choose(at: number): void {
    this.wanted = at;
    this.wantedSince = performance.now();
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      this.settling = undefined;
      this.wantedSince = performance.now();
      this.dispatchEvent(new CustomEvent("seek", { detail: at }));
    }, SETTLED);
    this.requestUpdate();
  }

  /** The thumb's middle stays half of it away from both ends. */
  private point(event: PointerEvent | undefined): void {
    this.pointer = undefined;
    if (event !== undefined) {
      const { left, width } = (event.target as HTMLElement).getBoundingClientRect();
      const thumb = Number.parseFloat(getComputedStyle(this).fontSize);
      this.pointer = Math.min(Math.max((event.clientX - left - thumb / 2) / (width - thumb), 0), 1);
    }
    this.requestUpdate();
  }
}

customElements.define("spillway-time-bar", SpillwayTimeBar);
