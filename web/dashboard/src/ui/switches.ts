import { html, LitElement, nothing, type TemplateResult } from "lit";
import { type Answer, ask } from "../api/client";
import type { NewKey, StreamPicture } from "../api/types";
import type { Question } from "../model/switches";
import { type Switch, switchesOf } from "../model/switches";
import { card, row } from "./parts";

/** What the operator can switch. Each is asked for once more; what the server says to it is shown here. */
export class Switches extends LitElement {
  static override properties = {
    stream: { attribute: false },
    confirm: { attribute: false },
    lost: { attribute: false },
    stale: { type: Boolean },
    busy: { state: true },
    said: { state: true },
    key: { state: true },
    copied: { state: true },
  };
  declare stream: StreamPicture;
  declare confirm: (question: Question) => Promise<boolean>;
  /** The server has said that there is no session. */
  declare lost: () => void;
  /** Nothing can be switched while the server does not answer. */
  declare stale: boolean;
  declare private busy: string;
  declare private key: NewKey | undefined;
  declare private copied: string;
  declare private said: { ok: boolean; words: string } | undefined;

  constructor() {
    super();
    this.stale = false;
    this.busy = "";
    this.copied = "";
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    const before = changed.get("stream") as StreamPicture | undefined;
    // What was said of one stream, and above all its key, is not shown under another.
    if (before !== undefined && before.name !== this.stream.name) this.said = this.key = undefined;
  }

  protected override render(): TemplateResult {
    return card(
      "Switches",
      html`
        <ul class="switches">
          ${switchesOf(this.stream).map((item) => this.#row(item))}
        </ul>
        <p role="status" class=${this.said?.ok === false ? "error" : ""}>${this.said?.words ?? ""}</p>
        ${this.key === undefined ? nothing : this.#shown(this.key)}
      `,
    );
  }

  #row(item: Switch): TemplateResult {
    const id = `why-${item.path.split("/").at(-1)}-${item.method}`;
    return html`<li>
      <span><b>${item.name}</b> <span class="faint">${item.now}</span></span>
      <button
        type="button"
        class=${item.danger ? "danger" : ""}
        ?disabled=${item.refusal !== null || this.busy !== "" || this.stale}
        aria-describedby=${item.refusal === null ? nothing : id}
        @click=${() => this.#use(item)}
      >
        ${this.busy === item.action ? "…" : item.action}
      </button>
      ${item.refusal === null ? nothing : html`<span id=${id} class="note">${item.refusal}</span>`}
    </li>`;
  }

  async #use(item: Switch): Promise<void> {
    if (!(await this.confirm(item.question))) return;
    this.busy = item.action;
    this.said = this.key = undefined;
    const answer: Answer<unknown> = await ask(item.method, item.path, item.body);
    this.busy = "";
    if (answer.ok) {
      this.said = { ok: true, words: item.done };
      if (item.path.endsWith("/key")) this.key = answer.value as NewKey;
    } else {
      this.said = { ok: false, words: answer.words };
      if (answer.status === 401) this.lost();
    }
  }

  #shown(key: NewKey): TemplateResult {
    const address = key.address.replaceAll("{host}", location.hostname);
    return html`<div class="secret" role="group" aria-label="The new stream key">
      <p>
        <b>This is shown once.</b> Put it into your encoder now.
        ${key.dropped ? "The encoder that used the old key was cut off." : ""} It is kept in ${key.keyIsIn}.
      </p>
      <dl>
        ${row("Stream key", html`<code>${key.key}</code> ${this.#copyButton("key", key.key)}`)}
        ${row("Whole address", html`<code>${address}</code> ${this.#copyButton("address", address)}`)}
      </dl>
      <button type="button" @click=${() => this.#hide()}>Hide it</button>
    </div>`;
  }

  #copyButton(what: string, text: string): TemplateResult {
    return html`<button type="button" aria-label=${`Copy the ${what}`} @click=${() => this.#copy(what, text)}>
      ${this.copied === what ? "Copied" : "Copy"}
    </button>`;
  }

  async #copy(what: string, text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.copied = what;
    } catch {
      // Plain http has no clipboard: the text stands there to be selected.
      this.said = {
        ok: false,
        words: "This browser does not copy over plain http: select the text and copy it yourself.",
      };
    }
  }

  #hide(): void {
    this.key = undefined;
    this.copied = "";
  }
}

customElements.define("spillway-switches", Switches);

declare global {
  interface HTMLElementTagNameMap {
    "spillway-switches": Switches;
  }
}
