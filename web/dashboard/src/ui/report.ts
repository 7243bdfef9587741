import { html, nothing, type TemplateResult } from "lit";
import type { BroadcastReport, FaultSpan } from "../api/types";
import { bytes, clock, count, day, dollars, percent, plural, seconds, span } from "../words";
import { estimated, how, row } from "./parts";

/** What a broadcast was, of its `report.json`: the figures one asks for the morning after. */
export function reportFigures(report: BroadcastReport): TemplateResult {
  const { ways, audience, viewers, origin, cost, uploads, operations, faults } = report;
  return html`<dl>
      ${row("On air", span(report.seconds), `${day(report.begin)} to ${report.end === null ? "now" : clock(report.end)}`)}
      ${viewers === null ? nothing : row("P2P peers at most", count(viewers.peak), `counted; mean ${count(viewers.mean)}`)}
      ${audience === null ? nothing : row("Viewers at most", count(audience.peakViewers), "estimate")}
      ${audience === null ? nothing : estimated("Hours watched", audience.viewerHours, (hours) => hours.toFixed(1))}
      ${audience === null ? nothing : estimated("Stalls an hour", audience.stallsPerHour, (stalls) => stalls.toFixed(1))}
      ${ways === null ? row("Ways of the bytes", "not known", "nobody has reported") : nothing}
      ${ways === null ? nothing : estimated("From other viewers", ways.shareFromPeers, percent)}
      ${ways === null ? nothing : estimated("Bytes by peers", ways.fromPeers, bytes)}
      ${ways === null ? nothing : estimated("Bytes by the edge", ways.fromEdge, bytes)}
      ${origin === null ? nothing : row("This server to viewers", plural(origin.requests, "request"), `${bytes(origin.bytes)}, counted, all streams`)}
      ${row("Uploads", bytes(uploads.bytes), `${plural(uploads.objects, "object")}, ${count(uploads.failures)} of ${count(uploads.tries)} tries failed`)}
      ${row("Store operations", `${count(operations.classA)} A, ${count(operations.classB)} B`, "counted")}
      ${cost === null ? nothing : row("Operations cost", dollars(cost.operationDollars), `pro rata, ${cost.store}, prices of ${cost.pricesAsOf}`)}
      ${report.renditions.map((rendition) =>
        row(
          `Rendition ${rendition.name}`,
          plural(rendition.segments, "segment"),
          `${plural(rendition.gaps, "gap")}, ${seconds(rendition.slateSeconds)} of slate`,
        ),
      )}
      ${faultRows("Source away", faults.sourceAways)} ${faultRows("Store trouble", faults.storeOutages)}
      ${faults.more > 0 ? row("And more", plural(faults.more, "fault")) : nothing}
    </dl>
    ${how(viewers?.of, ways?.fromPeers.of, cost?.how)}`;
}

const faultRows = (name: string, spans: readonly FaultSpan[]): TemplateResult[] =>
  spans.map((fault) =>
    row(
      name,
      clock(fault.begin),
      `${fault.seconds === null ? "not over yet" : span(fault.seconds)}: ${fault.cause}`,
    ),
  );
