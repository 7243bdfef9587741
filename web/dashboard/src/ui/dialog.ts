import { html, LitElement, nothing, type TemplateResult } from "lit";
import type { Question } from "../model/switches";

/** Asks before something that viewers see, or that cannot be undone. The browser keeps the focus inside and gives it back. */
export class Confirm extends LitElement {
  static override properties = {
    question: { state: true },
  };
  declare private question: Question | undefined;
  #answer: ((yes: boolean) => void) | undefined;

  private get dialog(): HTMLDialogElement {
    return this.querySelector("dialog") as HTMLDialogElement;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** @returns Whether the operator wants it. A second question answers the first with no. */
  async ask(question: Question): Promise<boolean> {
    this.#end(false);
    this.question = question;
    await this.updateComplete;
    this.dialog.showModal();
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#end(false);
  }

  #end(yes: boolean): void {
    this.#answer?.(yes);
    this.#answer = undefined;
    if (this.dialog?.open) this.dialog.close();
  }

  protected override render(): TemplateResult {
    const { question } = this;
    return html`<dialog aria-labelledby="confirm-title" @close=${() => this.#end(false)}>
      ${
        question === undefined
          ? nothing
          : html`
            <h2 id="confirm-title">${question.title}</h2>
            <p>${question.text}</p>
            <p class="actions">
              <button type="button" autofocus @click=${() => this.#end(false)}>Cancel</button>
              <button type="button" class=${question.danger ? "danger" : "primary"} @click=${() => this.#end(true)}>
                ${question.action}
              </button>
            </p>
          `
      }
    </dialog>`;
  }
}

customElements.define("spillway-confirm", Confirm);

declare global {
  interface HTMLElementTagNameMap {
    "spillway-confirm": Confirm;
  }
}
