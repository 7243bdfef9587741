import { html, nothing, type TemplateResult } from "lit";
import type { OperatorEvent } from "../api/types";
import { clock, day } from "../words";
import { card, sign } from "./parts";

const SHOWN = 60;
const LEVELS = { info: "good", warning: "advice", error: "fault" } as const;
const WORDS = { info: "Note", warning: "Warning", error: "Error" } as const;

/** The newest first. Quietly: the headline says aloud what matters, and this list would say it all twice. */
export function eventLog(events: readonly OperatorEvent[], manyStreams: boolean): TemplateResult {
  return card(
    "What happened",
    events.length === 0
      ? html`<p class="faint">Nothing yet since the start.</p>`
      : html`<div class="log" tabindex="0" role="region" aria-label="What happened, the newest first">
          <ol>
            ${events
              .slice(-SHOWN)
              .reverse()
              .map(
                (event) => html`<li>
                ${sign(LEVELS[event.level] ?? "unknown")}
                <time datetime=${event.time} title=${day(event.time)}>${clock(event.time)}</time>
                <span>
                  <span class="sr">${WORDS[event.level] ?? event.level}:</span>
                  ${manyStreams && event.stream !== null ? html`<b>${event.stream}:</b> ` : nothing}${event.text}
                  ${event.remedy === null ? nothing : html`<span class="note">${event.remedy}</span>`}
                </span>
              </li>`,
              )}
          </ol>
        </div>`,
  );
}
