import { html, nothing, type SVGTemplateResult, svg, type TemplateResult } from "lit";
import type { RenditionPicture, StreamPicture } from "../api/types";
import { type Line, lineOf, type Mark, rowOf } from "../model/time-line";
import { clock, plural } from "../words";
import { card } from "./parts";

const HEIGHT = 44;

/** Patterns for what must differ without colour; once in the page. */
export const patterns = svg`<svg class="patterns" width="0" height="0" aria-hidden="true">
  <defs>
    <pattern id="hatched" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <path d="M0 0V6" class="hatch" />
    </pattern>
    <pattern id="dotted" width="6" height="6" patternUnits="userSpaceOnUse">
      <circle cx="2" cy="2" r="1.2" class="dot" />
    </pattern>
  </defs>
</svg>`;

export function timeLine(stream: StreamPicture): TemplateResult {
  const empty = stream.window.every((rendition) => rendition.entries.length === 0);
  return card(
    "Window: what viewers can play now",
    empty
      ? html`<p class="faint">Nothing is listed: nothing has been on air since the start.</p>`
      : html`
          ${stream.window.map((rendition) => renditionLine(rendition, stream.window.length > 1))}
          <p class="legend faint">
            Each box is a segment, as wide as it is long, the newest on the right. Its filling is the time that the upload took: full means as
            long as the segment itself. <b>G</b> gap, <b>S</b> slate, <b>W</b> waits for the store, <b>!</b> upload too slow,
            <b class="nowrap">┆ D</b> discontinuity.
          </p>
          ${
            stream.liveDelay === null
              ? nothing
              : html`<p class="faint">
                Viewers play ${stream.liveDelay.delay.toFixed(1)} s behind the newest; the playlists list at least
                ${stream.liveDelay.seconds.toFixed(0)} s. Why: ${stream.liveDelay.reason}.
              </p>`
          }
        `,
  );
}

function renditionLine(rendition: RenditionPicture, named: boolean): TemplateResult {
  const line = lineOf(rendition);
  const last = rendition.entries.findLast((entry) => entry.storedAt !== null);
  const label = `${named ? `Rendition ${rendition.name}. ` : ""}${line.summary}`;
  return html`
    <div class="line">
      ${named ? html`<h4>Rendition ${rendition.name}</h4>` : nothing}
      <svg class="segments" role="img" aria-label=${label} width="100%" height=${HEIGHT + 16}>${line.marks.map(drawn)}</svg>
      ${line.more > 0 ? html`<p class="faint">…and ${plural(line.more, "more segment")} that are not drawn.</p>` : nothing}
      <p class="summary">
        ${line.summary}
        <span class="faint">${last === undefined ? "" : `Last one stored at ${clock(last.storedAt)}.`}</span>
      </p>
      ${table(rendition, line)}
    </div>
  `;
}

function drawn(mark: Mark): SVGTemplateResult {
  const [x, width] = [mark.x * 100, mark.width * 100];
  const filled = mark.load === null || mark.kind === "gap" ? 0 : Math.min(1, mark.load) * HEIGHT;
  return svg`<g class="mark ${mark.kind}">
    <title>${rowOf(mark.entry).join(" · ")}</title>
    <svg x="${x}%" width="${width}%" height="${HEIGHT}">
      <rect class="box" x="1.5" y="1" width="100%" height="${HEIGHT - 2}" />
      <rect class="filling" x="1.5" y="${HEIGHT - 1 - filled}" width="100%" height="${filled}" />
      ${
        mark.kind === "gap" || mark.kind === "slate"
          ? svg`<rect class="texture" x="1.5" y="1" width="100%" height="${HEIGHT - 2}" fill="url(#${mark.kind === "gap" ? "hatched" : "dotted"})" />`
          : nothing
      }
      ${mark.letter === "" ? nothing : svg`<circle class="plate" cx="50%" cy="50%" r="9" /><text x="50%" y="50%" dy=".36em">${mark.letter}</text>`}
    </svg>
    ${
      mark.entry.discontinuity
        ? svg`<line class="break" x1="${x}%" x2="${x}%" y1="0" y2="${HEIGHT + 3}" /><text class="break-letter" x="${x}%" y="${HEIGHT + 14}">D</text>`
        : nothing
    }
  </g>`;
}

/** All of it in words and figures; of the renditions' rows, the newest first. */
function table(rendition: RenditionPicture, line: Line): TemplateResult {
  const of = rendition.name === "" ? "" : ` of rendition ${rendition.name}`;
  return html`<details class="how">
    <summary>All ${plural(line.marks.length + line.more, "segment")} as a table</summary>
    <div class="scroll" tabindex="0" role="region" aria-label=${`Segments${of}`}>
      <table>
        <thead>
          <tr>
            ${["Number", "Length", "Stored at", "Upload took", "State"].map((name) => html`<th scope="col">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rendition.entries.toReversed().map(
            (entry) => html`<tr>
              ${rowOf(entry).map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}
