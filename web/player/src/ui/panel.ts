import { css, html, LitElement, nothing } from "lit";
import type { Figures } from "../figures";
import { type History, STEP_SECONDS, type Step } from "../history";
import { sparkline, waysChart } from "./charts";
import { edgeHosts, playbackLines, supportText } from "./support-text";
import { formatBytes, formatSaved, formatShare, sayWays, sharingText } from "./words";

const REDRAW_MS = 500;

/** The figures of this viewer's playback. */
export class SpillwayPanel extends LitElement {
  static override properties = {
    figures: { attribute: false },
    history: { attribute: false },
    saved: { attribute: false },
    video: { attribute: false },
    canShare: { type: Boolean, attribute: "can-share" },
    sharing: { type: Boolean },
  };
  declare figures: Figures;
  declare history: History;
  /** Part of the stream that all viewers have from each other, 0 to 1; undefined: it is not told. */
  declare saved: number | undefined;
  declare video: HTMLVideoElement;
  /** The stream is one that viewers share, and this is no replay. */
  declare canShare: boolean;
  /** The viewer has not switched it off. */
  declare sharing: boolean;
  private timer: ReturnType<typeof setInterval> | undefined;
  private copied = "";

  static override styles = css`
    :host {
      display: block;
      box-sizing: border-box;
      padding: 0.9rem 1.1rem 1rem;
      border: 1px solid var(--line);
      border-radius: 0.75rem;
      background: var(--card);
      color: var(--ink);
      font-size: var(--panel-size, 0.9rem);
      box-shadow: 0 4px 20px rgb(0 0 0 / 0.18);
    }
    h2 {
      margin: 0 0 0.5rem;
      font-size: 1.05em;
    }
    svg {
      display: block;
      width: 100%;
    }
    .ways {
      height: 3.5rem;
      border-bottom: 1px solid var(--faint);
    }
    .ways .peer {
      fill: var(--peer);
    }
    .ways .hatch {
      fill: url("#hatch");
    }
    .ways .stroke {
      stroke: var(--card);
      stroke-width: 1.5;
    }
    .ways .edge {
      fill: var(--edge);
    }
    .axis {
      display: flex;
      justify-content: space-between;
      margin: 0.1rem 0 0.5rem;
      color: var(--faint);
      font-size: 0.85em;
    }
    .spark {
      box-sizing: border-box;
      height: 1.1em;
      border-bottom: 1px solid var(--line);
    }
    .spark path {
      fill: none;
      stroke: var(--ink);
      stroke-width: 1.5;
    }
    dl {
      display: grid;
      grid-template-columns: 1fr auto;
      gap: 0.2rem 0.75rem;
      align-items: center;
      margin: 0;
    }
    dt {
      color: var(--faint);
    }
    dd {
      min-width: 4.5rem;
      margin: 0;
      text-align: right;
      font-variant-numeric: tabular-nums;
    }
    dt.over {
      display: grid;
      grid-template-columns: 10.5em minmax(0, 1fr);
      align-items: center;
    }
    .host {
      padding-left: 1.05rem;
      overflow-wrap: anywhere;
    }
    .key::before {
      content: "";
      display: inline-block;
      width: 0.6rem;
      height: 0.6rem;
      margin-right: 0.45rem;
      border-radius: 0.15rem;
      background: var(--swatch);
    }
    .key.hatched::before {
      background: repeating-linear-gradient(45deg, var(--peer) 0 2px, var(--card) 2px 3.5px);
      outline: 1px solid var(--peer);
      outline-offset: -1px;
    }
    .switch {
      display: flex;
      align-items: center;
      justify-content: space-between;
      gap: 1rem;
      min-height: 2.75rem;
      margin-top: 0.6rem;
      border-top: 1px solid var(--line);
      cursor: pointer;
    }
    .switch input {
      appearance: none;
      position: relative;
      flex: none;
      width: 2.5rem;
      height: 1.4rem;
      margin: 0;
      border-radius: 0.7rem;
      background: var(--faint);
      cursor: pointer;
    }
    .switch input::before {
      content: "";
      position: absolute;
      top: 0.2rem;
      left: 0.2rem;
      width: 1rem;
      height: 1rem;
      border-radius: 50%;
      background: var(--card);
    }
    .switch input:checked {
      background: var(--peer);
    }
    .switch input:checked::before {
      left: 1.3rem;
    }
    .switch input:focus-visible {
      outline: 2px solid var(--ink);
      outline-offset: 2px;
    }
    @media (prefers-reduced-motion: no-preference) {
      .switch input,
      .switch input::before {
        transition:
          left 0.15s,
          background-color 0.15s;
      }
    }
    .copy {
      min-height: 2.25rem;
      margin-top: 0.7rem;
      padding: 0 0.9rem;
      border: 1px solid var(--line);
      border-radius: 1.2rem;
      background: none;
      color: inherit;
      font: inherit;
      font-weight: 600;
      cursor: pointer;
    }
    .copy:focus-visible {
      outline: 2px solid var(--ink);
      outline-offset: 2px;
    }
    @media (forced-colors: active) {
      .switch input {
        appearance: auto;
      }
      .switch input::before {
        display: none;
      }
    }
    p {
      margin: 0.6rem 0 0;
      color: var(--faint);
      font-size: 0.9em;
    }
  `;

  override connectedCallback(): void {
    super.connectedCallback();
    // Figures change with every chunk: the panel need not be drawn that often.
    this.timer = setInterval(() => this.requestUpdate(), REDRAW_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.timer);
  }

  protected override render(): unknown {
    const f = this.figures;
    const rejected = f.p2pRejectedCount + f.httpRejectedCount;
    const { slots } = this.history;
    return html`
      <h2 id="heading">About this playback</h2>
      ${waysChart(slots, sayWays(this.history.steps))}
      <div class="axis" aria-hidden="true">
        <span>${(slots.length * STEP_SECONDS) / 60} minutes ago</span><span>now</span>
      </div>
      <dl aria-labelledby="heading">
        <dt class="key hatched">From other viewers</dt>
        <dd>${formatBytes(f.bytesFromPeers)}</dd>
        <dt class="key" style="--swatch: var(--edge)">From the server</dt>
        <dd>${formatBytes(f.bytesFromEdge)}</dd>
        ${edgeHosts(f).map(
          ({ name, value }) =>
            html`<dt class="host">${name}</dt>
              <dd>${value}</dd>`,
        )}
        <dt>Share from viewers</dt>
        <dd>${formatShare(f.bytesFromPeers, f.bytesFromEdge)}</dd>
        <dt>Passed on to viewers</dt>
        <dd>${formatBytes(f.bytesToPeers)}</dd>
        ${
          this.saved === undefined
            ? nothing
            : html`<dt>Saved by all viewers (estimate)</dt>
                <dd>${formatSaved(this.saved)}</dd>`
        }
        ${this.line("Viewers connected", String(f.peers.size))}
        ${playbackLines(f, this.video).map(({ name, value }) => this.line(name, value))}
        ${
          rejected > 0
            ? html`<dt>Segments rejected</dt>
              <dd>${rejected}</dd>`
            : nothing
        }
      </dl>
      ${this.canShare ? this.switch() : nothing}
      <p id="sharing">${sharingText(this.canShare && this.sharing, f.uploads, f.canShare || !this.canShare)}</p>
      <button class="copy" @click=${() => void this.copy()}>${this.copied || "Copy as text"}</button>
    `;
  }

  /** With its course over the last minutes, if that is kept. */
  private line(name: string, value: string): unknown {
    const course = courses[name];
    return course === undefined
      ? html`<dt>${name}</dt>
          <dd>${value}</dd>`
      : html`<dt class="over">${name} ${sparkline(this.history.slots, course)}</dt>
          <dd>${value}</dd>`;
  }

  /** For a message to whoever helps. */
  private async copy(): Promise<void> {
    const text = supportText(this.figures, this.video, location.href, navigator.userAgent, new Date());
    this.copied = (await toClipboard(text)) ? "Copied" : "It cannot be copied here";
    this.requestUpdate();
  }

  private switch(): unknown {
    const onChange = (event: Event) => {
      const { checked } = event.target as HTMLInputElement;
      this.dispatchEvent(new CustomEvent("share", { detail: checked }));
    };
    return html`<label class="switch">
      <span>Share with other viewers</span>
      <input type="checkbox" role="switch" aria-describedby="sharing" .checked=${this.sharing} @change=${onChange} />
    </label>`;
  }
}

/** By the names of the lines. */
const courses: Record<string, (step: Step) => number | null> = {
  "Viewers connected": ({ peers }) => peers,
  "Behind live": ({ latency }) => latency,
  "In the buffer": ({ buffer }) => buffer,
  "Dropped pictures": ({ dropped }) => dropped,
  Interruptions: ({ stalls }) => stalls,
};

/** Also on plain http, where there is no clipboard for scripts but for what is selected. */
async function toClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.style.position = "fixed";
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    return copied;
  }
}

customElements.define("spillway-panel", SpillwayPanel);
