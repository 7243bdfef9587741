import { html, nothing, type TemplateResult } from "lit";
import type { StatusDocument, StreamPicture } from "../api/types";
import type { StreamHistory } from "../model/stream-history";
import type { Question } from "../model/switches";
import { bitRate, bytes, clock, count, day, percent, seconds, span } from "../words";
import { budgetCard, playbackCard, sourceCard, uploadsCard, viewersCard, waysCard } from "./figures";
import { glance } from "./glance";
import { moneyCard } from "./money";
import { card, fold, row } from "./parts";
import { timeLine } from "./time-line";

type Parts = {
  status: StatusDocument;
  stream: StreamPicture;
  history: StreamHistory;
  version: number;
  stale: boolean;
  confirm: (question: Question) => Promise<boolean>;
  lost: () => void;
  /** What happened. */
  log: TemplateResult;
};

/** All of one stream, the most urgent first. */
function parts({ status, stream, history, version, stale, confirm, lost, log }: Parts): TemplateResult {
  const { spool } = status.store;
  return html`
    ${glance(status, stream)}
    <div class="pair even">
      <spillway-switches .stream=${stream} .confirm=${confirm} .lost=${lost} ?stale=${stale}></spillway-switches>
      ${log}
    </div>
    ${timeLine(stream)} ${charts(stream, history, version)}
    <div class="columns">
      ${sourceCard(stream)}
      ${uploadsCard(stream, { held: spool.memoryBytes + spool.diskBytes, most: spool.mostMemoryBytes + spool.mostDiskBytes })}
      ${viewersCard(stream)} ${playbackCard(stream)} ${waysCard(stream)} ${broadcastCard(stream)}
      ${serverCard(status, stream)}
    </div>
    <div class="pair">${budgetCard(status.origin)} ${moneyCard(stream)}</div>
    <spillway-archive .stream=${stream} .confirm=${confirm} .lost=${lost} ?stale=${stale}></spillway-archive>
  `;
}

/** The first line of the page must stand whatever else fails, such as a figure of a newer server that this page does not know. */
export function streamPart(given: Parts): TemplateResult {
  try {
    return parts(given);
  } catch (error) {
    return card(
      "This part of the page has failed",
      html`<p class="error">${String(error)}</p>
        <p>Load the page again. <code>/health</code> says how Spillway is.</p>`,
    );
  }
}

function broadcastCard(stream: StreamPicture): TemplateResult {
  const { links, writer } = stream;
  return fold(
    "Broadcast and writer",
    html`<dl>
        ${row("Stream", stream.name, stream.title)}
        ${row("Broadcast", stream.broadcast ?? "none since the start")}
        ${stream.onAirSince === null ? nothing : row("Since", day(stream.onAirSince))}
        ${row(
          "Writer",
          writer.role === "writer" ? "this instance" : (writer.writer ?? "another instance"),
          writer.instance === null
            ? "the only one, by Storage:SingleWriter"
            : `this is ${writer.instance}, epoch ${count(writer.epoch)}`,
        )}
        ${writer.why === null ? nothing : row("Why", html`<span class="note">${writer.why}</span>`)}
        ${writer.takeOvers ? row("Take-overs", count(writer.takeOvers), "by this instance, since its start") : nothing}
      </dl>
      <p class="actions">
        <a class="button" href=${links.page ?? links.localPage} target="_blank" rel="noopener">Open the player</a>
        <a class="button" href=${links.playlist ?? links.localPlaylist} target="_blank" rel="noopener">Playlist</a>
      </p>`,
  );
}

function charts(stream: StreamPicture, history: StreamHistory, version: number): TemplateResult {
  const edge = stream.ways.edgeCounted === null ? "edge (estimate)" : "edge (counted)";
  return card(
    "Since this page was opened",
    html`<div class="charts">
      <spillway-chart
        .heading=${"Viewers"}
        .history=${history.viewers}
        .version=${version}
        .series=${[{ label: stream.viewers.now === null ? "at the tracker" : "watching" }]}
        .least=${5}
        ?whole=${true}
        .words=${count}
      ></spillway-chart>
      <spillway-chart
        .heading=${"Bytes by way, mean of a minute"}
        .history=${history.ways}
        .version=${version}
        .series=${[{ label: "peers (estimate)" }, { label: edge }, { label: "this server" }]}
        .least=${1e6}
        .words=${bitRate}
      ></spillway-chart>
      <spillway-chart
        .heading=${"Upload of a segment"}
        .history=${history.uploads}
        .version=${version}
        .series=${[{ label: "took" }, { label: "its length" }]}
        .words=${seconds}
      ></spillway-chart>
    </div>`,
  );
}

function serverCard({ server, store, tracker, asOf }: StatusDocument, stream: StreamPicture): TemplateResult {
  const { publishing } = stream;
  return fold(
    "This server",
    html`<dl>
      ${row("Instance", server.instance, `version ${server.version}`)} ${row("Up for", span(server.uptime), `as of ${clock(asOf)}`)}
      ${row("Processor", server.cpu === null ? "not known" : `${Math.round(server.cpu * 100)} %`, `of one core; it has ${count(server.cores)}`)}
      ${row("Memory", bytes(server.memory))}
      ${row("Store", store.kind === "embedded" ? "embedded" : (store.name ?? store.kind), store.endpoint ?? "a folder of this server")}
      ${row("Viewers read from", store.publicUrl.replaceAll("{host}", location.hostname))}
      ${row("Tracker", `${count(tracker.peers)} peers`, `${count(tracker.swarms)} swarms, ${count(tracker.answers)} answers to ${count(tracker.offers)} offers${tracker.here ? "" : "; players are told others"}`)}
      ${tracker.nodes.map((node) =>
        row(
          `Tracker ${node.node}`,
          node.lives ? "lives" : html`<b>no sign of life</b>`,
          node.peers === null
            ? ""
            : `${count(node.peers)} peers, ${count(node.connections)} of ${count(node.capacity)} connections`,
        ),
      )}
      ${row("Upload to playlist", publishing.medianMs === null ? "not known" : `${publishing.medianMs.toFixed(1)} ms`, publishing.p99Ms === null ? "" : `median; 99 of 100 below ${publishing.p99Ms.toFixed(0)} ms`)}
      ${row("Dashboards open", count(server.listeners))}
      ${row("Reports asked of", percent(stream.viewers.share), "of the viewers")}
    </dl>`,
  );
}
