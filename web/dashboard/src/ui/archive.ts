import { html, LitElement, nothing, type TemplateResult } from "lit";
import { type Answer, ask, segment } from "../api/client";
import type {
  BroadcastList,
  BroadcastReport,
  BroadcastSummary,
  DeletedReport,
  ReplayEntry,
  ReplayFile,
  ReplayList,
  StreamPicture,
} from "../api/types";
import { deleteReplay, deleteReport, downloadReplay, mayDeleteReport } from "../model/archive";
import type { Question } from "../model/switches";
import { bytes, count, day, plural, span } from "../words";
import { fold } from "./parts";
import { reportFigures } from "./report";

const NEVER = "\u0000";

/** The lists, each of which says what became of what was asked in it. */
type List = "replays" | "reports";

/** A stream's replays and the reports of its broadcasts: asked for anew when the status says that they have changed. */
export class Archive extends LitElement {
  static override properties = {
    stream: { attribute: false },
    confirm: { attribute: false },
    lost: { attribute: false },
    stale: { type: Boolean },
    replays: { state: true },
    broadcasts: { state: true },
    next: { state: true },
    open: { state: true },
    said: { state: true },
    busy: { state: true },
  };
  declare stream: StreamPicture;
  declare confirm: (question: Question) => Promise<boolean>;
  declare lost: () => void;
  declare stale: boolean;
  declare private replays: readonly ReplayEntry[] | undefined;
  declare private broadcasts: readonly BroadcastSummary[] | undefined;
  declare private next: string | null;
  declare private said: { of: List; ok: boolean; words: string };
  declare private busy: string;
  declare private open: { id: string; report: BroadcastReport | undefined } | undefined;
  #replaysOf = NEVER;
  #broadcastsOf = NEVER;

  constructor() {
    super();
    this.stale = false;
    this.next = null;
    this.said = { of: "replays", ok: true, words: "" };
    this.busy = "";
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    const before = changed.get("stream") as StreamPicture | undefined;
    if (before !== undefined && before.name !== this.stream.name) {
      this.replays = this.broadcasts = this.open = undefined;
      this.said = { of: "replays", ok: true, words: "" };
    }
    if (this.stale) {
      // The server may be another one when it is back.
      this.#replaysOf = this.#broadcastsOf = NEVER;
      return;
    }
    const { name, replays, broadcast, onAirSince } = this.stream;
    const replaysOf = [name, replays.revision, replays.count].join();
    if (this.#replaysOf !== replaysOf) {
      this.#replaysOf = replaysOf;
      void this.#loadReplays();
    }
    const broadcastsOf = [name, broadcast, onAirSince === null].join();
    if (this.#broadcastsOf !== broadcastsOf) {
      this.#broadcastsOf = broadcastsOf;
      void this.#loadBroadcasts();
    }
  }

  protected override render(): TemplateResult {
    return html`
      ${fold("Replays", html`${this.#replayList()}${this.#status("replays")}`)}
      ${fold("Broadcasts and their reports", html`${this.#broadcastList()}${this.#status("reports")}`)}
    `;
  }

  #status(of: List): TemplateResult {
    const said = this.said.of === of ? this.said : { ok: true, words: "" };
    return html`<p role="status" id=${`said-of-${of}`} tabindex="-1" class=${said.ok ? "" : "error"}>${said.words}</p>`;
  }

  #replayList(): TemplateResult {
    if (this.replays === undefined) return html`<p class="faint">Asking for the list…</p>`;
    if (this.replays.length === 0)
      return html`<p class="faint">
        None are kept.${this.stream.replays.kept ? "" : " The setting Replay switches that on."}
      </p>`;
    return html`<ul class="list">
      ${this.replays.map((entry) => this.#replay(entry))}
    </ul>`;
  }

  #replay(entry: ReplayEntry): TemplateResult {
    const name = entry.title || this.stream.name;
    const what = `${name}, ${day(entry.begin)}`;
    return html`<li>
      <div>
        <b>${name}</b> <span class="nowrap">${day(entry.begin)}</span>${entry.onAir ? html` <span class="tag">on air</span>` : nothing}
        <div class="note">
          ${span(entry.duration)}, ${entry.bytes ? `${bytes(entry.bytes)}${entry.bytesEstimated ? ", partly estimated" : ""}` : "size not known"},
          ${entry.gaps.count > 0 ? `${plural(entry.gaps.count, "gap")} of ${span(entry.gaps.seconds)}` : "no gaps"}
        </div>
      </div>
      <div class="actions">
        <a class="button" href=${this.#watch(entry.broadcast)} target="_blank" rel="noopener" aria-label=${`Watch ${what}`}>Watch</a>
        ${
          entry.onAir
            ? nothing
            : html`<button type="button" ?disabled=${this.stale || this.busy !== ""} aria-label=${`Download ${what}`} @click=${() => this.#download(entry, what)}>
                ${this.busy === entry.broadcast ? "…" : "Download"}
              </button>
              <button type="button" class="danger" ?disabled=${this.stale} aria-label=${`Delete the replay ${what}`} @click=${() => this.#delete(entry, what)}>
                Delete
              </button>`
        }
      </div>
      <details class="how">
        <summary>As a file on the server</summary>
        <p>Into the folder you are in, also while it is on air, and in other formats (.mkv, .ts). Nothing is encoded anew; it needs ffmpeg:</p>
        <p><code>spillway replay export ${entry.broadcast} ${this.stream.name}-${entry.broadcast.slice(0, 8)}.mp4 --stream ${this.stream.name}</code></p>
      </details>
    </li>`;
  }

  #watch(broadcast: string): string {
    const { page, localPage } = this.stream.links;
    const url = new URL(page ?? localPage, location.href);
    url.searchParams.set("replay", broadcast);
    return url.href;
  }

  #broadcastList(): TemplateResult {
    if (this.broadcasts === undefined) return html`<p class="faint">Asking for the list…</p>`;
    if (this.broadcasts.length === 0) return html`<p class="faint">There was none yet.</p>`;
    return html`<ul class="list">
        ${this.broadcasts.map((summary) => this.#broadcast(summary))}
      </ul>
      ${
        this.next === null
          ? nothing
          : html`<p><button type="button" ?disabled=${this.stale} @click=${() => this.#loadBroadcasts(this.next)}>Older ones</button></p>`
      }`;
  }

  #broadcast(summary: BroadcastSummary): TemplateResult {
    const isOpen = this.open?.id === summary.broadcast;
    const words =
      summary.state === "unreadable"
        ? "its report cannot be read"
        : [
            span(summary.seconds),
            summary.gaps ? plural(summary.gaps, "gap") : "no gaps",
            typeof summary.peakPeers === "number"
              ? `${count(summary.peakPeers)} peers at most`
              : "peers not measured",
          ].join(", ");
    return html`<li>
      <div>
        <b>${summary.title || this.stream.name}</b> <span class="nowrap">${summary.begin ? day(summary.begin) : summary.broadcast}</span>${
          summary.state === "onAir" ? html` <span class="tag">on air</span>` : nothing
        }
        <div class="note">${words}</div>
      </div>
      <div class="actions">
        ${
          summary.state === "unreadable"
            ? nothing
            : html`<button type="button" aria-expanded=${isOpen} ?disabled=${this.stale && !isOpen} @click=${() => this.#toggle(summary.broadcast)}>
                ${isOpen ? "Close" : "Show"}<span class="sr"> the report of ${day(summary.begin)}</span>
              </button>
              <a class="button" href=${`/api/v1${this.#reportPath(summary.broadcast)}`} download=${`${this.stream.name}-${summary.broadcast}.json`}
                >Download<span class="sr"> the report of ${day(summary.begin)}</span></a
              >`
        }
        ${
          mayDeleteReport(this.stream, summary)
            ? html`<button type="button" class="danger" ?disabled=${this.stale} @click=${() => this.#deleteReport(summary)}>
                Delete<span class="sr"> the report of ${summary.begin ? day(summary.begin) : summary.broadcast}</span>
              </button>`
            : nothing
        }
      </div>
      ${isOpen ? html`<div class="report">${this.open?.report === undefined ? "Asking…" : reportFigures(this.open.report)}</div>` : nothing}
    </li>`;
  }

  readonly #reportPath = (id: string): string =>
    `/streams/${segment(this.stream.name)}/broadcasts/${segment(id)}`;

  async #loadReplays(): Promise<void> {
    const { name } = this.stream;
    const answer = await ask<ReplayList>("GET", `/streams/${segment(name)}/replays`);
    if (name !== this.stream.name) return;
    if (this.#heard("replays", answer)) this.replays = answer.value.replays;
    else this.replays ??= [];
  }

  async #loadBroadcasts(before: string | null = null): Promise<void> {
    const { name } = this.stream;
    const query = before === null ? "" : `&before=${segment(before)}`;
    const answer = await ask<BroadcastList>("GET", `/streams/${segment(name)}/broadcasts?limit=10${query}`);
    if (name !== this.stream.name) return;
    if (!this.#heard("reports", answer)) {
      this.broadcasts ??= [];
      return;
    }
    this.broadcasts =
      before === null ? answer.value.broadcasts : [...(this.broadcasts ?? []), ...answer.value.broadcasts];
    this.next = answer.value.next ?? null;
  }

  async #toggle(id: string): Promise<void> {
    if (this.open?.id === id) {
      this.open = undefined;
      return;
    }
    this.open = { id, report: undefined };
    const answer = await ask<BroadcastReport>("GET", this.#reportPath(id));
    if (this.open?.id !== id) return;
    this.open = this.#heard("reports", answer) ? { id, report: answer.value } : undefined;
  }

  async #download(entry: ReplayEntry, what: string): Promise<void> {
    const question = downloadReplay(this.stream, what);
    if (question !== null && !(await this.confirm(question))) return;
    const path = this.#replayPath(entry.broadcast);
    this.busy = entry.broadcast;
    // A download that fails says nothing a person could read: so the server is asked first.
    const answer = await ask<ReplayFile>("GET", `${path}/file?dryRun=true`);
    this.busy = "";
    if (!this.#heard("replays", answer)) return;
    const link = document.createElement("a");
    link.href = `/api/v1${path}/file`;
    link.download = answer.value.name;
    link.click();
    const left = answer.value.skipped > 0 ? ` Gaps of ${span(answer.value.skipped)} are left out.` : "";
    this.#say("replays", `${answer.value.name}: ${span(answer.value.seconds)} are being downloaded.${left}`);
  }

  async #delete(entry: ReplayEntry, what: string): Promise<void> {
    if (!(await this.confirm(deleteReplay(what)))) return;
    const answer = await ask<ReplayList>("DELETE", this.#replayPath(entry.broadcast));
    if (!this.#heard("replays", answer)) return;
    this.replays = answer.value.replays;
    await this.#sayAndFocus("replays", `${what} is deleted.`);
  }

  async #deleteReport(summary: BroadcastSummary): Promise<void> {
    const what = `${summary.title || this.stream.name}, ${summary.begin ? day(summary.begin) : summary.broadcast}`;
    if (!(await this.confirm(deleteReport(what)))) return;
    const answer = await ask<DeletedReport>("DELETE", this.#reportPath(summary.broadcast));
    if (!this.#heard("reports", answer)) return;
    this.broadcasts = this.broadcasts?.filter(({ broadcast }) => broadcast !== answer.value.broadcast);
    if (this.open?.id === answer.value.broadcast) this.open = undefined;
    await this.#sayAndFocus("reports", `The report of ${what} is deleted.`);
  }

  readonly #replayPath = (id: string): string =>
    `/streams/${segment(this.stream.name)}/replays/${segment(id)}`;

  #say(of: List, words: string): void {
    this.said = { of, ok: true, words };
  }

  /** The button that had the focus is gone: without another place a keyboard would begin at the top of the page. */
  async #sayAndFocus(of: List, words: string): Promise<void> {
    this.#say(of, words);
    await this.updateComplete;
    this.querySelector<HTMLElement>(`#said-of-${of}`)?.focus();
  }

  #heard<T>(of: List, answer: Answer<T>): answer is { ok: true; value: T } {
    if (answer.ok) return true;
    this.said = { of, ok: false, words: answer.words };
    if (answer.status === 401) this.lost();
    return false;
  }
}

customElements.define("spillway-archive", Archive);

declare global {
  interface HTMLElementTagNameMap {
    "spillway-archive": Archive;
  }
}
