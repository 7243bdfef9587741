import { html, nothing, type SVGTemplateResult, svg, type TemplateResult } from "lit";
import type { Level } from "../model/verdict";
import { type Estimate, estimate, percent } from "../words";

/** A figure with its name; `note` says how it was made, or what goes with it. */
export function row(name: string, value: unknown, note: unknown = nothing): TemplateResult {
  return html`<div class="row">
    <dt>${name}</dt>
    <dd>${value}${note === nothing || note === "" ? nothing : html` <span class="note">${note}</span>`}</dd>
  </div>`;
}

/** An estimate says that it is one, and how far off it may be. */
export function estimated(
  name: string,
  figure: Estimate | null,
  words: (value: number) => string,
): TemplateResult {
  if (figure === null) return row(name, html`<span class="faint">not known</span>`);
  const whole = estimate(figure, words);
  const value = words(figure.value);
  const error = whole.slice(value.length).replace(/^, /, "");
  return row(name, value, error === "" ? "estimate" : `estimate: ${error}`);
}

/** How the estimates of a card were made, for who wants to know. */
export function how(...words: (string | null | undefined)[]): TemplateResult | typeof nothing {
  const told = [...new Set(words.filter((word): word is string => !!word))];
  if (told.length === 0) return nothing;
  return html`<details class="how">
    <summary>How these figures are made</summary>
    ${told.map((word) => html`<p>${word}</p>`)}
  </details>`;
}

/** A bar against a limit; the words beside it say the same. */
export function bar(name: string, part: number, projected: number | null = null): TemplateResult {
  const [now, later] = [clamp(part), projected === null ? null : clamp(projected)];
  const said = projected === null ? percent(part) : `${percent(part)}, projected ${percent(projected)}`;
  return html`<svg class="bar ${part > 1 || (projected ?? 0) > 1 ? "over" : ""}" role="img" aria-label=${`${name}: ${said} of the budget`} width="100%" height="12">
    <rect class="track" width="100%" height="12" rx="3"></rect>
    ${later === null ? nothing : svg`<rect class="later" width="${later * 100}%" height="12" rx="3"></rect>`}
    <rect class="now" width="${now * 100}%" height="12" rx="3"></rect>
  </svg>`;
}

const clamp = (part: number): number => Math.min(1, Math.max(0, part));

const SHAPES: Readonly<Record<Level, SVGTemplateResult>> = {
  good: svg`<circle cx="12" cy="12" r="10" /><path d="m7.5 12.5 3 3 6-7" />`,
  idle: svg`<circle cx="12" cy="12" r="10" /><path d="M9 8.5v7M15 8.5v7" />`,
  advice: svg`<circle cx="12" cy="12" r="10" /><path d="M12 11v6M12 7.2v.2" />`,
  fault: svg`<path d="M12 2.5 23 21H1Z" /><path d="M12 9.5v5.5M12 17.8v.2" />`,
  unknown: svg`<circle cx="12" cy="12" r="10" stroke-dasharray="4 3" /><path d="M9.5 9.5c.3-3.3 5-3 5 0 0 2-2.5 2-2.5 4.3M12 16.8v.2" />`,
};

/** Each level has a shape of its own. */
export const sign = (level: Level): TemplateResult =>
  html`<svg class="sign ${level}" viewBox="0 0 24 24" aria-hidden="true">${SHAPES[level]}</svg>`;

export const card = (heading: string, body: unknown): TemplateResult =>
  html`<section class="card">
    <h3>${heading}</h3>
    ${body}
  </section>`;

/** On a phone the details are folded, so that what is urgent is on two screens. Once: what the operator opens stays open. */
const isRoomy = matchMedia("(min-width: 40rem)").matches;

/** A card for what one looks up. */
export const fold = (heading: string, body: unknown): TemplateResult =>
  html`<div>
    <details class="card fold" ?open=${isRoomy}>
      <summary><h3>${heading}</h3></summary>
      ${body}
    </details>
  </div>`;
