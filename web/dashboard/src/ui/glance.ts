import { html, type TemplateResult } from "lit";
import type { StatusDocument, StreamPicture } from "../api/types";
import { isOnAir, stateWords } from "../model/verdict";
import { bytes, clock, count, dollars, estimate, percent, seconds, span, UNKNOWN } from "../words";

/** What one looks at every few minutes, in large: the rest of the page is for when one of these is not as it should be. */
export function glance({ origin }: StatusDocument, stream: StreamPicture): TemplateResult {
  const { viewers, ways, uploads, money } = stream;
  const onAir = isOnAir(stream);
  return html`<dl class="glance">
    ${tile(
      "State",
      html`<span class="air ${onAir ? stream.state : ""}">${stateWords(stream)}</span>`,
      onAir ? `for ${span(stream.onAirSeconds)}, since ${clock(stream.onAirSince)}` : "",
    )}
    ${
      viewers.now === null
        ? tile(
            "Viewers",
            count(viewers.atTracker),
            viewers.atTracker === null ? "" : "at the tracker, counted",
          )
        : tile("Viewers", count(viewers.now.value), `estimate${error(estimate(viewers.now, count))}`)
    }
    ${
      ways.fromPeersNow === null
        ? tile("From other viewers", UNKNOWN, "nobody has reported yet")
        : tile(
            "From other viewers",
            percent(ways.fromPeersNow.value),
            `estimate${error(estimate(ways.fromPeersNow, percent))}`,
          )
    }
    ${tile(
      "Upload of a segment",
      uploads.lastMs === null ? UNKNOWN : seconds(uploads.lastMs / 1000),
      uploads.meanLoad === null ? "" : `${percent(uploads.meanLoad)} of its length on average`,
    )}
    ${tile(
      "This server to viewers",
      origin.broadcast === null ? "–" : count(origin.requests),
      origin.broadcast === null
        ? ""
        : `requests of ${count(origin.mostRequests)}; ${bytes(origin.bytes)} of ${bytes(origin.mostBytes)}`,
    )}
    ${tile("Cost so far", money === null ? UNKNOWN : dollars(money.total), money === null ? "no prices for this store" : "store, pro rata, estimate")}
  </dl>`;
}

const tile = (name: string, value: unknown, note: string): TemplateResult => html`<div>
  <dt>${name}</dt>
  <dd>${value === UNKNOWN ? html`<span class="unknown">${value}</span>` : html`<b>${value}</b>`}<span class="note">${note}</span></dd>
</div>`;

/** Of "587, between 540 and 634" what follows the figure, which stands above it. */
const error = (words: string): string => {
  const comma = words.indexOf(", ");
  return comma < 0 ? "" : words.slice(comma);
};
