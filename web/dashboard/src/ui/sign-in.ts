import { html, LitElement, nothing, type TemplateResult } from "lit";
import { ask } from "../api/client";
import type { SessionState } from "../api/types";

/** Asks for the admin token; fires `signed-in`. The token itself is kept nowhere: the server's cookie stands for it. */
export class SignIn extends LitElement {
  static override properties = {
    ended: { type: Boolean },
    error: { state: true },
    busy: { state: true },
  };
  /** There was a session, and the server knows it no more. */
  declare ended: boolean;
  declare private error: string;
  declare private busy: boolean;

  constructor() {
    super();
    this.ended = false;
    this.error = "";
    this.busy = false;
  }

  private get field(): HTMLInputElement {
    return this.querySelector("#token") as HTMLInputElement;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override firstUpdated(): void {
    this.field.focus();
  }

  protected override render(): TemplateResult {
    return html`<form class="card sign-in" @submit=${this.#submit}>
      <h2>Sign in</h2>
      ${this.ended ? html`<p role="status">Your session has ended. Sign in again to go on.</p>` : nothing}
      <input type="text" autocomplete="username" value="operator" hidden />
      <label for="token">Admin token</label>
      <input
        id="token"
        type="password"
        autocomplete="current-password"
        autocapitalize="off"
        spellcheck="false"
        required
        aria-describedby="token-help${this.error === "" ? "" : " token-error"}"
        aria-invalid=${this.error === "" ? "false" : "true"}
      />
      ${this.error === "" ? nothing : html`<p id="token-error" class="error" role="alert">${this.error}</p>`}
      <button type="submit" class="primary" ?disabled=${this.busy}>${this.busy ? "Signing in…" : "Sign in"}</button>
      <p id="token-help" class="faint">
        Spillway showed it once, at its first start. It is in the file <code>admin-token</code> in the data folder, or in the setting
        <code>Admin:Token</code>.
      </p>
    </form>`;
  }

  readonly #submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    this.busy = true;
    this.error = "";
    const answer = await ask<SessionState>("POST", "/session", { token: this.field.value.trim() });
    this.busy = false;
    if (answer.ok) {
      this.field.value = "";
      this.dispatchEvent(new CustomEvent("signed-in", { bubbles: true }));
      return;
    }
    this.error = answer.words;
    this.field.select();
  };
}

customElements.define("spillway-sign-in", SignIn);

declare global {
  interface HTMLElementTagNameMap {
    "spillway-sign-in": SignIn;
  }
}
