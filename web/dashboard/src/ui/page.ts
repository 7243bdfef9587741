import { html, LitElement, nothing, type TemplateResult } from "lit";
import { ask } from "../api/client";
import { browserWire, type Link, Live } from "../api/live";
import type { OperatorEvent, StatusDocument, StreamPicture } from "../api/types";
import { StreamHistory } from "../model/stream-history";
import { isOnAir, stateWords, titleOf, verdictOf } from "../model/verdict";
import { span } from "../words";
import "./archive";
import "./chart";
import "./dialog";
import type { Question } from "../model/switches";
import type { Confirm } from "./dialog";
import { eventLog } from "./event-log";
import { sign } from "./parts";
import "./sign-in";
import { streamPart } from "./stream";
import "./switches";
import { patterns } from "./time-line";
import { verdictPart } from "./verdict";

const KEPT_EVENTS = 300;

/** The stream in the address, so that a reload shows the same one. What cannot be read is none. */
function hashName(): string {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return "";
  }
}

/** The whole page: one connection, one picture of the server a second, and what it was since the page was opened. */
export class Dashboard extends LitElement {
  static override properties = {
    link: { state: true },
    status: { state: true },
    events: { state: true },
    chosen: { state: true },
  };
  declare private link: Link;
  declare private status: StatusDocument | undefined;
  declare private events: readonly OperatorEvent[];
  declare private chosen: string;

  /** Of the last status, by the page's own clock, which only rises. */
  #heardAt = 0;
  #version = 0;
  readonly #histories = new Map<string, StreamHistory>();
  #tick: ReturnType<typeof setInterval> | undefined;
  readonly #live = new Live(browserWire(["status", "log"]), {
    event: (kind, data) => this.#take(kind, data),
    changed: () => this.#linkChanged(),
  });

  constructor() {
    super();
    this.link = { state: "connecting" };
    this.events = [];
    this.chosen = hashName();
  }

  private get confirm(): Confirm {
    return this.querySelector("spillway-confirm") as Confirm;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#live.connect();
    addEventListener("online", this.#again);
    document.addEventListener("visibilitychange", this.#again);
    addEventListener("hashchange", this.#choose);
    // Ages go on while nothing comes.
    this.#tick = setInterval(() => this.link.state === "gone" && this.requestUpdate(), 1000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("online", this.#again);
    document.removeEventListener("visibilitychange", this.#again);
    removeEventListener("hashchange", this.#choose);
    clearInterval(this.#tick);
    this.#live.signOut();
  }

  /** Nobody should wait for a back-off who has just come back. */
  readonly #again = (): void => {
    if (!document.hidden && this.link.state === "gone") this.#live.connect();
  };

  readonly #choose = (): void => {
    this.chosen = hashName();
  };

  #take(kind: string, data: string): void {
    if (kind === "log") {
      const event = JSON.parse(data) as OperatorEvent;
      // All that the server has kept comes anew with each connection.
      if (this.events.some((other) => other.number === event.number && other.time === event.time)) return;
      this.events = [...this.events.slice(-KEPT_EVENTS), event];
      return;
    }
    const status = JSON.parse(data) as StatusDocument;
    const time = Date.parse(status.asOf) / 1000;
    for (const stream of status.streams) {
      const history = this.#histories.get(stream.name) ?? new StreamHistory();
      this.#histories.set(stream.name, history);
      history.add(time, stream);
    }
    this.status = status;
    this.#heardAt = performance.now();
    this.#version++;
  }

  #linkChanged(): void {
    const before: Link["state"] = this.link.state;
    this.link = this.#live.link;
    if (before === "live" && this.link.state === "gone" && this.status !== undefined) {
      const time = Date.parse(this.status.asOf) / 1000 + 1;
      for (const history of this.#histories.values()) history.breakAt(time);
    }
    if (this.link.state === "signed-out") {
      // Nothing of it stays on the screen for whoever comes next.
      this.status = undefined;
      this.events = [];
      this.#histories.clear();
    }
  }

  protected override render(): TemplateResult {
    const { link } = this;
    if (link.state === "signed-out")
      return html`<header class="top"><h1>Spillway</h1></header>
        <main class="alone">
          <spillway-sign-in ?ended=${link.was} @signed-in=${() => this.#live.connect()}></spillway-sign-in>
        </main>`;
    const { status } = this;
    const verdict = verdictOf(status, link, performance.now());
    document.title = `${verdict.headline} · Spillway`;
    const many = (status?.streams.length ?? 0) > 1;
    const stream = status?.streams.find(({ name }) => name === this.chosen) ?? status?.streams[0];
    const history = stream === undefined ? undefined : this.#histories.get(stream.name);
    const stale = link.state !== "live";
    return html`
      ${patterns}
      <header class="top">
        <h1>Spillway</h1>
        <p class="link">${this.#linkWords()}</p>
        <button type="button" @click=${this.#signOut}>Sign out</button>
      </header>
      <main class=${stale ? "stale" : ""}>
        ${verdictPart(verdict, many)} ${many && status !== undefined ? this.#streams(status, stream) : nothing}
        ${
          status === undefined || stream === undefined || history === undefined
            ? nothing
            : streamPart({
                status,
                stream,
                history,
                version: this.#version,
                stale,
                confirm: this.#ask,
                lost: this.#lost,
                log: eventLog(this.events, many),
              })
        }
      </main>
      <spillway-confirm></spillway-confirm>
    `;
  }

  #linkWords(): TemplateResult {
    const age = this.#heardAt === 0 ? "" : span((performance.now() - this.#heardAt) / 1000);
    switch (this.link.state) {
      case "live":
        return html`${sign("good")}<span>Live</span>`;
      case "gone":
        return html`${sign("fault")}<span><b>${age === "" ? "No answer" : `Stale: ${age} old`}</b></span>`;
      default:
        return html`${sign("unknown")}<span>Connecting</span>`;
    }
  }

  #streams(status: StatusDocument, chosen: StreamPicture | undefined): TemplateResult {
    return html`<nav class="streams" aria-label="Streams">
      ${status.streams.map((stream) => {
        const level =
          stream.faults.length > 0
            ? "fault"
            : stream.advice.length > 0
              ? "advice"
              : isOnAir(stream)
                ? "good"
                : "idle";
        return html`<a href=${`#${encodeURIComponent(stream.name)}`} aria-current=${stream === chosen ? "true" : nothing}>
          ${sign(level)}<b>${titleOf(stream)}</b> <span>${stateWords(stream)}</span>
        </a>`;
      })}
    </nav>`;
  }

  readonly #ask = (question: Question): Promise<boolean> => this.confirm.ask(question);

  readonly #lost = (): void => this.#live.sessionEnded();

  readonly #signOut = async (): Promise<void> => {
    const answer = await ask("DELETE", "/session");
    // Without an answer the cookie is still there, and it would be a lie to say otherwise.
    if (answer.ok || answer.status === 401) this.#live.signOut();
    else
      await this.#ask({
        title: "Not signed out",
        text: `${answer.words} Try again, or close the browser.`,
        action: "Good",
      });
  };
}

customElements.define("spillway-dashboard", Dashboard);

declare global {
  interface HTMLElementTagNameMap {
    "spillway-dashboard": Dashboard;
  }
}
