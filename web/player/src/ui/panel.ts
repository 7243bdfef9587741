import { css, html, LitElement, nothing } from "lit";
import type { Figures } from "../figures";
import { formatBytes, formatLatency, formatShare, sharingText } from "./words";

const REDRAW_MS = 500;

/** The figures of this viewer's playback. */
export class SpillwayPanel extends LitElement {
  static override properties = {
    figures: { attribute: false },
    canShare: { type: Boolean, attribute: "can-share" },
    sharing: { type: Boolean },
  };
  declare figures: Figures;
  /** The stream is one that viewers share, and this is no replay. */
  declare canShare: boolean;
  /** The viewer has not switched it off. */
  declare sharing: boolean;
  private timer: ReturnType<typeof setInterval> | undefined;

  static override styles = css`
    :host {
      display: block;
      box-sizing: border-box;
      padding: 0.9rem 1.1rem 1rem;
      border: 1px solid var(--line);
      border-radius: 0.75rem;
      background: var(--card);
      color: var(--ink);
      font-size: 0.9rem;
      box-shadow: 0 4px 20px rgb(0 0 0 / 0.18);
    }
    h2 {
      margin: 0 0 0.5rem;
      font-size: 0.95rem;
    }
    .bar {
      display: flex;
      height: 0.5rem;
      margin-bottom: 0.6rem;
      overflow: hidden;
      border-radius: 0.25rem;
      background: var(--line);
    }
    .bar .peer {
      background: var(--peer);
    }
    .bar .edge {
      background: var(--edge);
    }
    dl {
      display: grid;
      grid-template-columns: 1fr auto;
      gap: 0.2rem 1rem;
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
    .key::before {
      content: "";
      display: inline-block;
      width: 0.6rem;
      height: 0.6rem;
      margin-right: 0.45rem;
      border-radius: 0.15rem;
      background: var(--swatch);
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
      font-size: 0.8rem;
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
    const all = f.bytesFromPeers + f.bytesFromEdge;
    const part = (bytes: number) => (all === 0 ? 0 : (100 * bytes) / all);
    const rejected = f.p2pRejectedCount + f.httpRejectedCount;
    return html`
      <h2 id="heading">About this playback</h2>
      <div class="bar" aria-hidden="true">
        <div class="peer" style="width: ${part(f.bytesFromPeers)}%"></div>
        <div class="edge" style="width: ${part(f.bytesFromEdge)}%"></div>
      </div>
      <dl aria-labelledby="heading">
        <dt class="key" style="--swatch: var(--peer)">From other viewers</dt>
        <dd>${formatBytes(f.bytesFromPeers)}</dd>
        <dt class="key" style="--swatch: var(--edge)">From the server</dt>
        <dd>${formatBytes(f.bytesFromEdge)}</dd>
        <dt>Share from viewers</dt>
        <dd>${formatShare(f.bytesFromPeers, f.bytesFromEdge)}</dd>
        <dt>Passed on to viewers</dt>
        <dd>${formatBytes(f.bytesToPeers)}</dd>
        <dt>Viewers connected</dt>
        <dd>${f.peers.size}</dd>
        <dt>Behind live</dt>
        <dd>${formatLatency(f.latency)}</dd>
        <dt>Rendition</dt>
        <dd>${f.rendition || "–"}</dd>
        <dt>Interruptions</dt>
        <dd>${f.stalls}</dd>
        <dt>State</dt>
        <dd>${f.state}</dd>
        ${
          rejected > 0
            ? html`<dt>Segments rejected</dt>
              <dd>${rejected}</dd>`
            : nothing
        }
      </dl>
      ${this.canShare ? this.switch() : nothing}
      <p id="sharing">${sharingText(this.canShare && this.sharing, f.uploads)}</p>
    `;
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

customElements.define("spillway-panel", SpillwayPanel);
