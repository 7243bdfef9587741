import { css, html, LitElement, nothing } from "lit";
import type { Replay } from "../stream/replays";
import { formatDate, formatLength } from "./words";

/** The broadcasts to watch again, as links: each opens the page at that replay. */
export class SpillwayReplayList extends LitElement {
  static override properties = { replays: { attribute: false }, current: {}, trouble: {} };
  declare replays: readonly Replay[] | undefined;
  /** Broadcast that is being watched; "" for none. */
  declare current: string;
  /** Why the list could not be had, "" if it could. */
  declare trouble: string;

  static override styles = css`
    :host {
      display: block;
      box-sizing: border-box;
      padding: 0.9rem 0.6rem 0.6rem;
      border: 1px solid var(--line);
      border-radius: 0.75rem;
      background: var(--card);
      color: var(--ink);
      font-size: var(--list-size, 0.95rem);
      text-align: left;
    }
    h2 {
      margin: 0 0.5rem 0.4rem;
      font-size: 1em;
    }
    ul {
      margin: 0;
      padding: 0;
      list-style: none;
    }
    a {
      display: grid;
      grid-template-columns: minmax(0, 1fr) auto;
      gap: 0 1rem;
      padding: 0.5rem;
      border-radius: 0.5rem;
      color: inherit;
      text-decoration: none;
    }
    a:hover {
      background: var(--surface);
    }
    a:focus-visible {
      outline: 3px solid var(--accent);
      outline-offset: -2px;
    }
    a[aria-current] {
      box-shadow: inset 3px 0 var(--accent);
    }
    .title {
      overflow: hidden;
      font-weight: 600;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .length {
      font-variant-numeric: tabular-nums;
    }
    .when,
    p {
      color: var(--faint);
      font-size: 0.9em;
    }
    p {
      margin: 0.3rem 0.5rem;
    }
    .air {
      grid-column: 1 / -1;
      color: var(--live);
      font-size: 0.9em;
      font-weight: 600;
    }
  `;

  protected override render(): unknown {
    return html`<nav aria-labelledby="heading">
      <h2 id="heading">Watch again</h2>
      ${this.body()}
    </nav>`;
  }

  private body(): unknown {
    if (this.replays === undefined) {
      return html`<p>${this.trouble === "" ? "Looking for replays…" : "The list cannot be had just now."}</p>`;
    }
    if (this.replays.length === 0) return html`<p>There are no replays.</p>`;
    return html`<ul>
      ${this.replays.map((replay) => this.item(replay))}
    </ul>`;
  }

  private item(replay: Replay): unknown {
    const address = new URL(location.href);
    address.searchParams.set("replay", replay.broadcast);
    return html`<li>
      <a
        href=${address.href}
        aria-current=${replay.broadcast === this.current ? "true" : nothing}
        @click=${(event: MouseEvent) => this.onClick(event, replay)}
      >
        <span class="title">${replay.title || "Live stream"}</span>
        <span class="length">${replay.onAir ? "" : formatLength(replay.duration)}</span>
        <span class="when">${formatDate(replay.begin)}</span>
        ${replay.onAir ? html`<span class="air">On air – from the start</span>` : nothing}
      </a>
    </li>`;
  }

  /** In this page, unless the viewer wants another tab. */
  private onClick(event: MouseEvent, replay: Replay): void {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    this.dispatchEvent(new CustomEvent<Replay>("choose", { detail: replay }));
  }
}

customElements.define("spillway-replay-list", SpillwayReplayList);
