import { html, nothing, type TemplateResult } from "lit";
import type { MoneyLine, StreamPicture } from "../api/types";
import { bytes, count, dollars, estimate, UNKNOWN } from "../words";
import { fold, how } from "./parts";

const LINES: Readonly<Record<string, string>> = {
  classA: "Writes and lists (Class A)",
  classB: "Spillway's reads (Class B)",
  viewerReads: "Viewers' reads (Class B)",
  storage: "Storage",
  egress: "Egress to viewers",
};

/** What is counted and what is estimated stands in a column of its own. */
export function moneyCard({ operations, money, uplink }: StreamPicture): TemplateResult {
  return fold(
    "Store operations and money",
    html`<div class="scroll" tabindex="0" role="region" aria-label="Store operations and money">
        <table class="money">
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">How much</th>
              <th scope="col">Known by</th>
              <th scope="col" class="right">Dollars</th>
            </tr>
          </thead>
          <tbody>
            ${money === null ? counted(operations) : money.lines.map(moneyRow)}
            <tr>
              <th scope="row">This server's upload</th>
              <td>${bytes(uplink.bytes)}</td>
              <td>counted</td>
              <td class="right faint">not in the sum</td>
            </tr>
          </tbody>
          ${
            money === null
              ? nothing
              : html`<tfoot>
                <tr>
                  <th scope="row" colspan="3">In all, pro rata</th>
                  <td class="right"><b>${dollars(money.total)}</b></td>
                </tr>
                ${
                  money.billedIfAlone === null
                    ? nothing
                    : html`<tr>
                      <th scope="row" colspan="3">A month's bill with nothing else in it</th>
                      <td class="right">${dollars(money.billedIfAlone)}</td>
                    </tr>`
                }
              </tfoot>`
          }
        </table>
      </div>
      ${
        money === null
          ? html`<p class="faint">No prices are known for this store.</p>`
          : html`<p class="faint">Prices of ${money.store} as of ${money.pricesAsOf}.</p>`
      }
      ${how(money?.how, operations.viewers?.of)}`,
  );
}

function counted(operations: StreamPicture["operations"]): TemplateResult {
  const own = operations.broadcast ?? operations.sinceStart;
  const since = operations.broadcast === null ? "since the start" : "this broadcast";
  const line = (name: string, value: string, by: string): TemplateResult => html`<tr>
    <th scope="row">${name}</th>
    <td>${value}</td>
    <td>${by}</td>
    <td class="right">–</td>
  </tr>`;
  return html`
    ${line(LINES["classA"] as string, count(own?.classA), `counted, ${since}`)}
    ${line(LINES["classB"] as string, count(own?.classB), `counted, ${since}`)}
    ${line(LINES["viewerReads"] as string, estimate(operations.viewers, count), operations.viewers === null ? UNKNOWN : "see below")}
  `;
}

function moneyRow(line: MoneyLine): TemplateResult {
  const digits = line.unit === "operations" ? count(line.quantity) : quantity(line.quantity);
  const error =
    line.low !== null && line.high !== null && line.low !== line.high
      ? `, ${dollars(line.low)} to ${dollars(line.high)}`
      : "";
  return html`<tr>
    <th scope="row">${LINES[line.what] ?? line.what}</th>
    <td>${digits}${line.quantity === null ? nothing : ` ${line.unit}`}</td>
    <td>${line.quantity === null ? "–" : line.estimated ? `estimate${error}` : "counted"}</td>
    <td class="right">${dollars(line.dollars)}</td>
  </tr>`;
}

const quantity = (value: number | null): string => (value === null ? UNKNOWN : String(+value.toPrecision(3)));
