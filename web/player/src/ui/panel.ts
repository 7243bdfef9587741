import { css, html, LitElement, nothing } from "lit";
import type { Figures } from "../figures";
import { formatBytes, formatLatency, formatShare } from "./words";

const REDRAW_MS = 500;

/** The figures of this viewer's playback. */
export class SpillwayPanel extends LitElement {
  static override properties = { figures: { attribute: false }, sharing: { type: Boolean } };
  declare figures: Figures;
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
      <p>
        ${
          this.sharing
            ? "While you watch, parts of the stream are exchanged with other viewers. They can see your network address."
            : "Everything comes from the server: nothing is exchanged with other viewers."
        }
      </p>
    `;
  }
}

customElements.define("spillway-panel", SpillwayPanel);
