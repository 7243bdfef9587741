import { html, nothing, type TemplateResult } from "lit";
import type { Finding, Verdict } from "../model/verdict";
import { clock } from "../words";
import { sign } from "./parts";

/** The first thing on the page. Changes of the headline are read out; the ages in the detail are not. */
export function verdictPart(verdict: Verdict, manyStreams: boolean): TemplateResult {
  return html`<section class="verdict ${verdict.level}" aria-label="How things stand">
    ${sign(verdict.level)}
    <div>
      <div role="status"><h2>${verdict.headline}</h2></div>
      ${verdict.detail === "" ? nothing : html`<p>${verdict.detail}</p>`}
    </div>
    ${
      verdict.findings.length === 0
        ? nothing
        : html`<ul>
          ${verdict.findings.map((finding) => findingPart(finding, manyStreams))}
        </ul>`
    }
  </section>`;
}

function findingPart(finding: Finding, manyStreams: boolean): TemplateResult {
  return html`<li class=${finding.level}>
    ${sign(finding.level)}
    <div>
      <p>
        <b>${finding.level === "fault" ? "Wrong" : "Look at"}${manyStreams && finding.stream !== "" ? ` (${finding.stream})` : ""}:</b>
        ${finding.message}
        ${finding.since === null ? nothing : html`<span class="faint nowrap">since ${clock(finding.since)}</span>`}
      </p>
      ${finding.remedy === "" ? nothing : html`<p class="remedy"><b>Do:</b> ${finding.remedy}</p>`}
    </div>
  </li>`;
}
