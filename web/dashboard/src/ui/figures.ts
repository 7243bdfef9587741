import { html, nothing, type TemplateResult } from "lit";
import type { OriginBudget, StreamPicture } from "../api/types";
import { bitRate, bytes, clock, count, day, percent, plural, seconds, span, UNKNOWN } from "../words";
import { bar, estimated, fold, how, row } from "./parts";

const SOURCE_KINDS: Readonly<Record<string, string>> = {
  hls: "HLS, followed",
  folder: "HLS folder",
  rtmp: "RTMP",
  push: "HLS, pushed",
};

const SOURCE_STATES: Readonly<Record<string, string>> = {
  live: "sends",
  late: "late",
  starting: "sends, not on air yet",
  away: "away",
  waiting: "nothing has come yet",
};

export function sourceCard({ source, publish, gaps, pauseGaps }: StreamPicture): TemplateResult {
  const state = SOURCE_STATES[source.state] ?? source.state;
  return fold(
    "Source",
    html`<dl>
      ${row(
        "State",
        html`<b>${state}</b>`,
        source.awaySince === null
          ? (source.away ?? "")
          : `since ${clock(source.awaySince)}. ${source.away ?? ""}`,
      )}
      ${source.endsIn === null ? nothing : row("Broadcast ends in", span(source.endsIn), "if it stays away")}
      ${row("Kind", SOURCE_KINDS[source.kind] ?? source.kind, source.address ?? publish?.address ?? "")}
      ${row("Bit rate", bitRate(source.bitRate), "measured")}
      ${row("Keyframe every", seconds(source.keyframeInterval), "at most, measured")}
      ${row("Segment length", seconds(source.segmentDuration), "mean, measured")}
      ${row("Drift against the clock", source.drift === null ? UNKNOWN : `${source.drift > 0 ? "+" : ""}${source.drift.toFixed(2)} s`)}
      ${row("Last segment", clock(source.lastSegmentAt))}
      ${row("Restarts", count(source.restarts), `${plural(source.interruptions, "interruption")}, ${count(source.missed)} missed`)}
      ${row("Segments lost", count(gaps), "gaps since the start")}
      ${row("Gaps of pauses", count(pauseGaps), "nothing came for so long; no segment is known to be lost")}
      ${source.renditions.map((rendition) =>
        row(
          `Rendition ${rendition.name}`,
          [
            rendition.resolution,
            rendition.frameRate === null ? null : `${+rendition.frameRate.toFixed(2)} fps`,
          ]
            .filter((part) => part !== null)
            .join(", ") || UNKNOWN,
          `${rendition.codecs ?? ""} ${bitRate(rendition.bitRate)}${rendition.told === null ? "" : `, players are told ${bitRate(rendition.told)}`}`,
        ),
      )}
    </dl>`,
  );
}

export function viewersCard({ viewers }: StreamPicture): TemplateResult {
  return fold(
    "Viewers",
    html`<dl>
        ${estimated("Watching now", viewers.now, count)}
        ${estimated("Of these share", viewers.sharing, percent)}
        ${row("At the tracker", count(viewers.atTracker), "counted")}
        ${row("Peak", count(viewers.peak), viewers.mean === null ? "" : `mean ${count(viewers.mean)}, of estimates`)}
        ${viewers.renditions.length < 2 ? nothing : viewers.renditions.map((rendition) => estimated(`Watch ${rendition.name}`, rendition.viewers, count))}
        ${row("Viewers who report", count(viewers.reporters), viewers.share === 0 ? "nobody is asked to" : `${percent(viewers.share)} are asked to`)}
      </dl>
      ${how(viewers.now?.of, viewers.sharing?.of)}`,
  );
}

export function waysCard({ ways, saved, uplink }: StreamPicture): TemplateResult {
  return fold(
    "Ways of the bytes",
    html`<dl>
        ${estimated("From other viewers, now", ways.fromPeersNow, percent)}
        ${estimated("From other viewers, so far", ways.fromPeersShare, percent)}
        ${estimated("By peers", ways.fromPeers, bytes)}
        ${estimated("By the edge", ways.fromEdge, bytes)}
        ${ways.edgeCounted === null ? nothing : row("The edge's own count", bytes(ways.edgeCounted.bytes), `counted, ${plural(ways.edgeCounted.requests, "request")}, all streams`)}
        ${row("By this server", bytes(ways.fromOrigin), "counted, all streams")}
        ${row("This server's upload", bytes(uplink.bytes), `counted; to the store, ${uplink.bitRate === null ? "nothing now" : `${bitRate(uplink.bitRate)} now`}; in no other figure`)}
        ${
          saved === null
            ? row("Saved", UNKNOWN, "nobody has reported yet")
            : html`${estimated("Saved against all from the server", saved.saved, bytes)}
              ${row("That is", percent(saved.share), `of ${bytes(saved.toViewers.value)} to viewers; this server sent ${bytes(saved.fromServer)} in all`)}`
        }
      </dl>
      ${how(ways.fromPeersNow?.of, ways.fromPeers?.of, ways.fromEdge?.of, saved?.saved.of)}`,
  );
}

export function playbackCard({ playback }: StreamPicture): TemplateResult {
  const perHour = (value: number): string => value.toFixed(value < 10 ? 1 : 0);
  return fold(
    "How it plays",
    html`<dl>
        ${estimated("Behind the live edge", playback.latency, seconds)}
        ${estimated("The slowest in twenty", playback.latency95, seconds)}
        ${estimated("Stalls an hour, now", playback.stallsPerHourNow, perHour)}
        ${estimated("Stalls an hour, so far", playback.stallsPerHour, perHour)}
        ${estimated("Time spent stalled", playback.stalledShare, percent)}
        ${estimated("To the first picture", playback.startUp, seconds)}
        ${estimated("Connections of a viewer", playback.connections, count)}
      </dl>
      ${how(playback.latency?.of, playback.stallsPerHour?.of, playback.startUp?.of)}`,
  );
}

export function uploadsCard(
  { uploads }: StreamPicture,
  spool: { held: number; most: number },
): TemplateResult {
  const ms = (value: number | null): string => (value === null ? UNKNOWN : seconds(value / 1000));
  return fold(
    "Uploads",
    html`<dl>
      ${row("Last segment took", ms(uploads.lastMs), "measured")}
      ${row("Mean, worst of the last 30", `${ms(uploads.meanMs)}, ${ms(uploads.worstMs)}`)}
      ${row("Against segment length", percent(uploads.meanLoad), `worst ${percent(uploads.worstLoad)}; from 100 % on viewers see gaps`)}
      ${row("Failed and tried again", count(uploads.failedTries), `of ${count(uploads.stored)} stored`)}
      ${row("Waiting", plural(uploads.waiting, "object"), `${bytes(uploads.bytesWaiting)}${uploads.behind ? ", behind" : ""}`)}
      ${row("Spool", bytes(spool.held), `of ${bytes(spool.most)}, all streams`)}
      ${row("Given up", count(uploads.givenUp), uploads.givenUp > 0 ? "these are gaps" : "")}
    </dl>`,
  );
}

export function budgetCard(origin: OriginBudget): TemplateResult {
  const part = (value: number | null, most: number): number | null => (value === null ? null : value / most);
  return fold(
    "This server's budget for viewers",
    html`${
      origin.broadcast === null
        ? html`<p class="faint">Nothing has been on air since the start.</p>`
        : html`
            <p class="budget">
              <b>${count(origin.requests)}</b> of ${plural(origin.mostRequests, "request")}${origin.projectedRequests === null ? nothing : html` <span class="note">projected ${count(origin.projectedRequests)}</span>`}
            </p>
            ${bar("Requests", origin.requests / origin.mostRequests, part(origin.projectedRequests, origin.mostRequests))}
            <p class="budget">
              <b>${bytes(origin.bytes)}</b> of ${bytes(origin.mostBytes)}${origin.projectedBytes === null ? nothing : html` <span class="note">projected ${bytes(origin.projectedBytes)}</span>`}
            </p>
            ${bar("Bytes", origin.bytes / origin.mostBytes, part(origin.projectedBytes, origin.mostBytes))}
            <p class="faint">
              Counted since ${day(origin.since)}, all streams. ${origin.how ?? "A projection needs a minute on air."}
            </p>
          `
    }
      <dl>
        ${row("Since the start", plural(total(origin), "request"), `${bytes(origin.sinceStart.bytes)}: ${kinds(origin)}`)}
      </dl>`,
  );
}

const total = ({ sinceStart: all }: OriginBudget): number =>
  all.playlists + all.mediaPlaylists + all.pages + all.sockets + all.others;

const kinds = ({ sinceStart: all }: OriginBudget): string =>
  `${count(all.playlists)} playlists, ${count(all.mediaPlaylists)} with segments, ${count(all.pages)} pages, ` +
  `${count(all.sockets)} sockets, ${count(all.others)} others`;
