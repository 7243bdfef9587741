// Made from src/Spillway/Dashboard/openapi.json by `make docs`: not to be changed by hand.
// null is "not known" or "there is none", never 0.

/** What the operator should know although all works. */
export type AdvicePicture = {
  /** `peers`, `source`, `store`, `bandwidth`, `slate`. */
  kind: "peers" | "source" | "store" | "bandwidth" | "slate";
  /** What it is and what to do. */
  text: string;
};

export type ApiError = {
  /** What is wrong, in words. */
  error: string;
};

/** Where several writers have followed each other: hours are those of all, the peak the highest, the rest the last one's. */
export type AudienceReport = {
  /** The largest of the estimates of how many watched at a time. */
  peakViewers: number | null;
  /** Of these estimates, taken each second. */
  meanViewers: number | null;
  viewerHours: Estimate;
  /** Of one viewer. */
  stallsPerHour: Estimate | null;
  /** Part of the time in which the picture stood still. */
  stalledShare: Estimate | null;
  /** Seconds, median. */
  startUp: Estimate | null;
  startUp95: Estimate | null;
  /** Seconds, median, near the end. */
  latency: Estimate | null;
  latency95: Estimate | null;
};

/** `GET /api/v1/streams/{stream}/audience`. Null is "not known", never 0. */
export type AudienceView = {
  stream: string;
  broadcast: string | null;
  reporters: number;
  share: number;
  peersOn: boolean;
  peersAtTracker: number | null;
  viewers: Estimate | null;
  /** Part of the viewers who share, 0 to 1. */
  sharing: Estimate | null;
  now: CurrentAudience;
  /** Null: nobody has reported of it yet. */
  wholeBroadcast: BroadcastAudience | null;
  messages: MessageCounts;
  advice: string | null;
};

/** What viewers reported of a broadcast. */
export type BroadcastAudience = {
  /** Bytes of media. */
  fromPeers: Estimate;
  fromEdge: Estimate;
  toPeers: Estimate;
  shareFromPeers: Estimate | null;
  viewerHours: Estimate;
  stallsPerHour: Estimate | null;
  stalledShare: Estimate | null;
  /** Seconds. */
  startUp: Estimate | null;
  startUp95: Estimate | null;
  latency: Estimate | null;
  latency95: Estimate | null;
  /** The largest of the estimates of how many watched, taken each second. */
  peakViewers: number | null;
  meanViewers: number | null;
};

export type BroadcastList = {
  stream: string;
  /** Newest first. */
  broadcasts: BroadcastSummary[];
  /** To be given as `before` for the next page; null: this is the last. */
  next: string | null;
  /** When the store was asked which there are; this process's own are always among them. */
  asOf: string;
};

/** `report.json`: what a broadcast was. Every figure is counted, or says that it is an estimate; null is "not measured", never 0. Times are the store's; seconds are of media where it says so. */
export type BroadcastReport = {
  epoch: number;
  revision: number;
  /** `onAir`: provisional, written each minute; `ended`: final. */
  state: "onAir" | "ended";
  stream: string;
  broadcast: string;
  title: string;
  /** Date of the first listed segment; null: none was seen. */
  begin: string | null;
  /** Date at which the last listed segment ends, so far. */
  end: string | null;
  /** From `begin` to the end of the last listed segment. */
  seconds: number;
  /** When this was written. */
  asOf: string;
  renditions: RenditionReport[];
  /** Of the rendition that has most. */
  discontinuities: number;
  /** PUTs of this broadcast's own segments and initialization sections. */
  uploads: UploadReport;
  /** What Spillway asked of the store for this stream in this time, all kinds. */
  operations: OperationReport;
  /** Requests at the origin in this time, of all its streams; null: not measured. */
  origin: TrafficReport | null;
  /** Requests at the embedded edge in this time, of all its streams; null with a bucket, whose edge keeps its own count. */
  edge: TrafficReport | null;
  /** Null: not measured, as with P2P off. */
  viewers: ViewerReport | null;
  /** Which way viewers got their bytes: an estimate from those who report; null while nobody does. */
  ways: WayReport | null;
  /** How it went for them: estimates, too. */
  audience: AudienceReport | null;
  /** Null where no prices are known, such as for the embedded store. */
  cost: CostReport | null;
  faults: FaultReport;
  /** Who has written it, in order. Between two, counts of up to a minute may be missing. */
  writers: WriterReport[];
};

export type BroadcastSummary = {
  broadcast: string;
  /** `onAir`, `ended`, or `unreadable`. */
  state: "onAir" | "ended" | "unreadable";
  title: string;
  begin: string | null;
  end: string | null;
  seconds: number | null;
  segments: number | null;
  /** Of the rendition that has most. */
  gaps: number | null;
  /** P2P peers; null: not measured. */
  peakPeers: number | null;
};

/** An estimate, from counted operations and the prices of one day. */
export type CostReport = {
  estimate: boolean;
  how: string;
  currency: string;
  store: string;
  pricesAsOf: string;
  classADollars: number;
  classBDollars: number;
  operationDollars: number;
  storedGigabytes: number;
  /** For as long as all of it is kept; without replays that is some hours. */
  storageDollarsAMonth: number;
  billedDollarsIfAlone: number;
};

export type CurrentAudience = {
  /** Part of the bytes, 0 to 1. */
  shareFromPeers: Estimate | null;
  /** Of one viewer. */
  stallsPerHour: Estimate | null;
  /** Seconds, median. */
  latency: Estimate | null;
  /** Seconds. */
  latency95: Estimate | null;
  /** Connections of a viewer, median. */
  peers: Estimate | null;
  renditions: RenditionAudience[];
};

/** Answer of `DELETE …/broadcasts/{id}`. */
export type DeletedReport = {
  stream: string;
  broadcast: string;
};

/** Answer of `POST` and `DELETE /api/v1/streams/{stream}/end`. */
export type EndState = {
  /** Its name. */
  stream: string;
  /** As in player.json, after it. */
  state: "offline" | "live" | "slate" | "ended" | "standby";
  /** The one that was ended, or the last; null: there was none. */
  broadcast: string | null;
  /** What the source still brings is left out. Over once the source has been away for as long as would end a broadcast, or by `DELETE`. */
  held: boolean;
};

/** One segment of the time line. */
export type EntryPicture = {
  /** Media sequence number. */
  number: number;
  /** PROGRAM-DATE-TIME of its start. */
  date: string;
  /** Seconds. */
  duration: number;
  /** `listed`, `stored` (not listed yet) or `waiting` (for the store). */
  state: "listed" | "stored" | "waiting";
  /** When it came from the source; null: of an earlier process, of the slate, or a gap. */
  arrivedAt: string | null;
  /** When the store said yes; null as `arrivedAt`, or it waits. */
  storedAt: string | null;
  /** From the first try to the yes; null as `storedAt`. */
  uploadMs: number | null;
  /** PUTs; null as `storedAt`. */
  tries: number | null;
  /** Null: not known. */
  bytes: number | null;
  /** EXT-X-GAP: it was not stored in time, or never came. */
  gap: boolean;
  /** EXT-X-DISCONTINUITY stands before it. */
  discontinuity: boolean;
  /** It shows the slate. */
  slate: boolean;
};

/** A figure of the whole audience, worked out from a part of it. */
export type Estimate = {
  value: number;
  /** The true figure is between this one and `high` in 95 of 100 cases; null: not known. */
  low: number | null;
  /** Null: not known. */
  high: number | null;
  /** What it is of, and how it was made, in words. */
  of: string;
};

/** Something that is wrong now. */
export type FaultPicture = {
  /** `superseded`, `store`, `source`, `upload`, `spool`. */
  kind: "store" | "source" | "superseded" | "spool" | "upload";
  /** When it was noticed; null: not known. */
  since: string | null;
  /** What is wrong. */
  message: string;
  /** What to do; empty: in the message, or nothing. */
  remedy: string;
};

export type FaultReport = {
  /** Times in which a PUT or more failed. */
  storeOutages: FaultSpan[];
  sourceAways: FaultSpan[];
  /** Of either kind, beyond those listed. */
  more: number;
};

export type FaultSpan = {
  /** When it was noticed. */
  begin: string;
  /** How long it lasted; null: it was not over when this was written. */
  seconds: number | null;
  /** In words. */
  cause: string;
};

export type LinkPicture = {
  /** The player page at the edge; null where viewers take their host name from what they opened. */
  page: string | null;
  /** The lasting URL at the edge, as `page`. */
  playlist: string | null;
  /** The player page at this server, from its root. */
  localPage: string;
  /** The playlist at this server, from its root. */
  localPlaylist: string;
};

/** Messages since the start of this process. */
export type MessageCounts = {
  /** Reports. */
  taken: number;
  /** No reports. */
  malformed: number;
  /** Reports that cannot be true. */
  implausible: number;
  /** Dropped unread. */
  tooOften: number;
  /** Connections for which there was no place. */
  refused: number;
};

export type MoneyLine = {
  /** `classA`, `classB`, `viewerReads`, `storage`, `egress`. */
  what: "classA" | "classB" | "viewerReads" | "storage" | "egress";
  /** Operations, or gigabytes of 10^9 bytes; null: not known. */
  quantity: number | null;
  /** `operations`, `GB`, `GB-months`. */
  unit: "operations" | "GB" | "GB-months";
  /** Null: not known. */
  dollars: number | null;
  /** With the quantity's error; null: counted, or not known. */
  low: number | null;
  /** As `low`. */
  high: number | null;
  /** The quantity is; false: it was counted. */
  estimated: boolean;
};

/** What the broadcast costs so far. All of it is estimated from counts and a list of prices. */
export type MoneyPicture = {
  /** `USD`. */
  currency: string;
  /** Whose prices. */
  store: string;
  /** Day, `2026-11-22`. */
  pricesAsOf: string;
  /** One a kind of cost. */
  lines: MoneyLine[];
  /** Dollars, pro rata: the sum of the lines that are known. */
  total: number;
  /** Dollars, as a month's bill would say if nothing else used the account; null: not known. */
  billedIfAlone: number | null;
  /** How it was made, and what is not in it. */
  how: string;
};

/** Answer of `POST /api/v1/streams/{stream}/key`: the only one that holds a key. */
export type NewKey = {
  /** Its name. */
  stream: string;
  /** The new one: from now on no other opens. */
  key: string;
  /** Where the encoder publishes to, with the key, and `{host}` for this server's name where no setting says it. */
  address: string;
  /** Where it is kept, in words. */
  keyIsIn: string;
  /** An encoder that published with the old key was there, and was cut off. */
  dropped: boolean;
};

/** Operations at a store, in the classes that Cloudflare R2 and others bill: A (PUT, LIST), B (GET) and free (DELETE). A LIST of n keys counts as one for each 1,000, a DELETE too. */
export type OperationCount = {
  /** Sent, whatever came of them, but for the refused. */
  puts: number;
  /** Pages. */
  lists: number;
  /** Sent, whatever came of them, but for the refused. */
  gets: number;
  /** Requests. */
  deletes: number;
  /** Of all kinds: wrong credentials, no such bucket. Nobody bills these. */
  refused: number;
  classA: number;
  classB: number;
  free: number;
};

/** What was asked of the store. */
export type OperationPicture = {
  /** By Spillway, in this broadcast; null: none yet. */
  broadcast: OperationReport | null;
  /** By Spillway, since the start. */
  sinceStart: OperationReport | null;
  /** Class B operations that viewers caused in this broadcast; null: nobody knows. Counted by the embedded edge or Cloudflare, else an estimate: see its words. */
  viewers: Estimate | null;
};

export type OperationReport = {
  /** PUT and LIST. */
  classA: number;
  /** GET. */
  classB: number;
  /** DELETE. */
  free: number;
  puts: number;
  lists: number;
  gets: number;
  deletes: number;
  refused: number;
};

/** Something that happened and that the operator should know of. */
export type OperatorEvent = {
  /** From 1 on, in the order they happened; begins anew with each process. */
  number: number;
  /** By the store's clock. */
  time: string;
  level: "info" | "warning" | "error";
  /** The live stream it is about; null: the whole server. */
  stream: string | null;
  /** One of `eventKinds`. */
  kind: string;
  /** What happened, in words. */
  text: string;
  /** What to do about it; null: nothing, or `text` says it. */
  remedy: string | null;
  /** The broadcast on air when it happened; null: none. */
  broadcast: string | null;
};

/** Requests and bytes of bodies that reached the origin since the present broadcast began, of all streams together, against what a show may cost. With several on air it counts from the one that began first; with none it shows the last, as it was at its end. */
export type OriginBudget = {
  /** The stream whose broadcast it counts from; null: none was on air since the start. */
  stream: string | null;
  /** Its id. */
  broadcast: string | null;
  /** From when it was counted here: when the broadcast went on air, or this process's start if that was later. */
  since: string | null;
  /** Seconds from `since` to now, or to the broadcast's end. */
  seconds: number;
  /** So far; WebSockets that were opened count as one. */
  requests: number;
  /** Of bodies, over HTTP, so far. */
  bytes: number;
  /** What a show may cost: 1,000. */
  mostRequests: number;
  /** What a show may cost: 100,000,000. */
  mostBytes: number;
  /** Seconds a show lasts: the setting `Dashboard:Show`. */
  show: number;
  /** Requests at the end of the show if it goes on as in the last minutes; null: under a minute, or nothing on air. An estimate. */
  projectedRequests: number | null;
  /** Requests at the end of the show if it goes on as in the last minutes; null: under a minute, or nothing on air. An estimate. */
  projectedBytes: number | null;
  /** How the projection was made, in words; null with it. */
  how: string | null;
  /** Requests of the last minute for playlists that list segments: only who looks or plays from the origin asks for these. */
  mediaPlaylists: number;
  /** What is to be done, in words; null: all is well. */
  advice: string | null;
  /** By kind. */
  sinceStart: OriginReport;
};

/** Requests and body bytes at the origin since its start. */
export type OriginReport = {
  playlists: number;
  mediaPlaylists: number;
  pages: number;
  sockets: number;
  others: number;
  bytes: number;
};

/** Its answer. */
export type PeerState = {
  /** Its name. */
  stream: string;
  /** The operator lets viewers share. */
  peers: boolean;
  /** Players are told to share. */
  peersNow: boolean;
  /** Why they are not, in words; null: they are. */
  peersWhy: string | null;
};

/** Body of `PUT /api/v1/streams/{stream}/p2p`. */
export type PeerWish = {
  on: boolean;
};

/** How it goes for viewers; null: nobody has reported. */
export type PlaybackPicture = {
  /** Seconds behind the live edge, median, now. */
  latency: Estimate | null;
  /** Seconds, 95 of 100 are below. */
  latency95: Estimate | null;
  /** Of one viewer, in the last minutes. */
  stallsPerHourNow: Estimate | null;
  /** Of one viewer, in the whole broadcast. */
  stallsPerHour: Estimate | null;
  /** Part of the time in which the picture stood still, 0 to 1, in the whole broadcast. */
  stalledShare: Estimate | null;
  /** Seconds to the first picture, median. */
  startUp: Estimate | null;
  /** Seconds. */
  startUp95: Estimate | null;
  /** To other viewers, of one viewer, median. */
  connections: Estimate | null;
};

export type PublishPicture = {
  /** `rtmp` or `push`. */
  kind: "rtmp" | "push";
  /** With `KEY` for the key, and `{host}` for this server's name where no setting says it. */
  address: string;
  /** Where the key is kept, in words. */
  keyIsIn: string;
  /** When it was changed last, since the start; null: never. */
  keyChangedAt: string | null;
};

export type PublishingReport = {
  /** Publications. */
  count: number;
  /** Milliseconds from the answer to the sending, of the last 1,024; null before the first. */
  medianMs: number | null;
  /** The same, exceeded by one in a hundred. */
  p99Ms: number | null;
  /** Those that had to wait for the one write a second a key; that wait is not in the milliseconds. */
  spaced: number;
};

/** Answer of `GET /api/v1/log`. */
export type RecentEvents = {
  /** The newest first. */
  events: OperatorEvent[];
  /** Number of the newest of all; 0: none yet. */
  last: number;
};

export type RenditionAudience = {
  name: string;
  viewers: Estimate;
};

/** What one live playlist lists now, as the store has acknowledged it. */
export type RenditionPicture = {
  /** Of the rendition. */
  name: string;
  /** Seconds. */
  targetDuration: number;
  /** It carries ENDLIST. */
  ended: boolean;
  /** Segments of this broadcast that this process has stored. */
  stored: number;
  /** In order, the last 60 that are listed. What waits for the store stands at the end, with `storedAt` null. */
  entries: EntryPicture[];
};

/** One rendition, as its live playlist listed it. */
export type RenditionReport = {
  name: string;
  codecs: string | null;
  /** Such as `1280x720`. */
  resolution: string | null;
  frameRate: number | null;
  /** Bits per second, as declared. */
  bandwidth: number | null;
  /** Listed with media of the show. */
  segments: number;
  gaps: number;
  gapSeconds: number;
  slateSegments: number;
  slateSeconds: number;
  discontinuities: number;
  /** Of all that was listed. */
  seconds: number;
  /** Numbers that went through the window between two writers' counts: listed, and counted nowhere above. */
  uncounted: number;
  /** The number after the last that was counted. */
  nextNumber: number | null;
};

/** One broadcast to watch again. */
export type ReplayEntry = {
  broadcast: string;
  /** The stream's at the end of the broadcast. */
  title: string;
  /** Date of its first segment. */
  begin: string;
  /** Date of the end of its last segment; null while it is on air. */
  end?: string;
  /** Seconds of media, gaps included; of what is on air, so far. */
  duration: number;
  gaps: ReplayGaps;
  /** Of its segments in all renditions, the slate's left out; null when not known. */
  bytes?: number;
  /** `bytes` is counted for a part of it and worked out for the rest: the program was started anew meanwhile. */
  bytesEstimated: boolean;
  /** Multivariant playlists, one a part of at most 12 h, relative to this document. */
  playlists: string[];
  onAir: boolean;
};

/** What a download would be. */
export type ReplayFile = {
  /** Of the file. */
  name: string;
  /** Of media; the gaps are left out. */
  seconds: number;
  /** Seconds of gaps that are left out. */
  skipped: number;
  /** Objects that are read from the store for it: as many operations of class B. */
  reads: number;
};

export type ReplayGaps = {
  /** Segments listed as missing. */
  count: number;
  /** How long they last in all. */
  seconds: number;
};

export type ReplayList = {
  /** Its name. */
  stream: string;
  /** The newest first, as they are after what was asked for. */
  replays: ReplayEntry[];
};

export type ReplayPicture = {
  /** Replays are kept. */
  kept: boolean;
  /** In the list; null: not known. */
  count: number | null;
  /** Changes when the list does: then ask `GET /api/v1/streams/{stream}/replays` again. */
  revision: number;
};

/** The same show from the server itself: what viewers have received, and what the server really sent. */
export type SavedPicture = {
  /** Bytes that viewers received, by any way. */
  toViewers: Estimate;
  /** Bytes that this server sent: to viewers and to the store; counted. */
  fromServer: number;
  /** Bytes: the difference. */
  saved: Estimate;
  /** Part of the bytes saved, 0 to 1. */
  share: number;
};

export type ServerStatus = {
  /** Of the program, such as `0.1.0`. */
  version: string;
  /** This instance's id in the leases. */
  instance: string;
  /** Of this process. */
  startedAt: string;
  /** Seconds. */
  uptime: number;
  /** As in `/health`: `ok`, `degraded` or `down`. */
  health: "ok" | "degraded" | "down";
  /** Its name. */
  defaultStream: string;
  /** That this process may use. */
  cores: number;
  /** Part of one core that this process has used since the picture before, 0 to `cores`; null: the first one. */
  cpu: number | null;
  /** Bytes, resident. */
  memory: number;
  /** Open connections to `/api/v1/events`. */
  listeners: number;
};

/** Answer of `POST` (which sets the cookie) and `GET /api/v1/session`; without either proof 401. */
export type SessionState = {
  /** `cookie`, `token`, or `loopback` where the settings trust it. */
  by: "cookie" | "token" | "loopback";
  /** When the cookie ends; null for the others. */
  until: string | null;
};

/** Body of `POST /api/v1/session`. */
export type SignIn = {
  /** The admin token. */
  token: string;
};

export type SlateState = {
  /** Its name. */
  stream: string;
  /** As in player.json: `slate` or `live`. */
  state: "offline" | "live" | "slate" | "ended" | "standby";
  /** On air now. */
  broadcast: string | null;
  /** The slate stays until it is taken off by hand. */
  slateByHand: boolean;
};

export type SlateWish = {
  on: boolean;
};

/** The source's health. Figures are of the rendition with most bits, of its last 30 segments. */
export type SourcePicture = {
  /** `hls`, `folder`, `rtmp` or `push`. */
  kind: "hls" | "folder" | "rtmp" | "push";
  /** Without credentials and query; for a folder its path; null for `rtmp` and `push`. */
  address: string | null;
  /** `live`, `late`, `away`, `starting` or `waiting`. Late: nothing has come for longer than is usual. Starting: it sends, and is not on air yet. Waiting: nothing has come since the start, and nothing is wrong. */
  state: "live" | "late" | "away" | "starting" | "waiting";
  /** Segments that have come of the three that a broadcast begins with; null: one is on air, or nothing comes. */
  starting: number | null;
  /** Why nothing comes, in words; null: it does. */
  away: string | null;
  awaySince: string | null;
  /** Seconds until the broadcast ends if it stays away; null: it is not away, or nothing is on air. */
  endsIn: number | null;
  /** What the operator should change at the encoder; null: nothing. */
  advice: string | null;
  /** Bits per second, of all tracks, as measured; null: not known, as all below. */
  bitRate: number | null;
  /** Seconds between two keyframes at most: the longest segment, where all begin with one. */
  keyframeInterval: number | null;
  /** Seconds, mean, as measured in the media. */
  segmentDuration: number | null;
  /** Seconds by which the media have gone ahead of the wall's clock since the source began or jumped; negative: they lag. */
  drift: number | null;
  /** When the last segment came. */
  lastSegmentAt: string | null;
  /** How often the source has started again since this process did. */
  restarts: number;
  /** How often it was away since this process started. */
  interruptions: number;
  /** Segments it listed that could not be had, since the start. */
  missed: number;
  renditions: SourceRenditionPicture[];
};

export type SourceRenditionPicture = {
  /** Its name. */
  name: string;
  /** As RFC 6381 writes them. */
  codecs: string | null;
  /** Such as `1280x720`. */
  resolution: string | null;
  /** Frames per second. */
  frameRate: number | null;
  /** Bits per second, as measured. */
  bitRate: number | null;
  /** Bits per second, as players are told (BANDWIDTH). */
  told: number | null;
};

export type SpoolStatus = {
  /** That wait in memory. */
  memoryBytes: number;
  /** That may. */
  mostMemoryBytes: number;
  /** That wait on disk. */
  diskBytes: number;
  /** That may. */
  mostDiskBytes: number;
  /** Of the disk; null: none. */
  fault: FaultPicture | null;
};

/** `GET /api/v1/status` and the event `status` of `GET /api/v1/events`: all that the dashboard shows. Every member is always there; null is "not known" or "there is none", never 0. Durations are seconds unless their name ends in `Ms` (milliseconds); bytes are bytes, bit rates bits per second; dates are UTC. */
export type StatusDocument = {
  /** When this picture was taken, by this machine's clock. */
  asOf: string;
  server: ServerStatus;
  /** What viewers have cost the origin in the present broadcast: the figure Spillway exists to keep small. */
  origin: OriginBudget;
  store: StoreStatus;
  tracker: TrackerStatus;
  /** By name; the default stream first. */
  streams: StreamPicture[];
};

export type StoreStatus = {
  /** `embedded` or `bucket`. */
  kind: "embedded" | "bucket";
  /** The bucket's; null for the embedded store. */
  name: string | null;
  /** Its host; null for the embedded store. */
  endpoint: string | null;
  /** Where viewers read; with `{host}` for the page's own host name where it follows that. */
  publicUrl: string;
  /** No conditional PUT: no hot standby. */
  singleWriter: boolean;
  /** Where segments wait while the store is away, of all streams. */
  spool: SpoolStatus;
};

/** One live stream as the operator sees it. */
export type StreamPicture = {
  name: string;
  /** As players are told. */
  title: string;
  /** `offline`, `live`, `slate`, `ended` or `standby`. */
  state: "offline" | "live" | "slate" | "ended" | "standby";
  /** On air, or the last one of this process; null: none. */
  broadcast: string | null;
  /** Date of the broadcast's first segment; null: nothing is on air. */
  onAirSince: string | null;
  /** Seconds since then; null: nothing is on air. */
  onAirSeconds: number | null;
  links: LinkPicture;
  switches: SwitchPicture;
  source: SourcePicture;
  /** Where encoders publish to; null: Spillway follows the source. */
  publish: PublishPicture | null;
  /** What the live playlists list; one a rendition. Empty: nothing was on air. */
  window: RenditionPicture[];
  /** Live delay and length of the window, and why; null: nothing was on air since the start. */
  liveDelay: WindowReport | null;
  /** Segments that were lost since the start: listed as gaps. Those of pauses are not among them. */
  gaps: number;
  /** Gaps listed since the start because nothing came for so long; in all renditions. The slate, where there is one, is none. */
  pauseGaps: number;
  viewers: ViewerPicture;
  ways: WayPicture;
  playback: PlaybackPicture;
  uploads: UploadPicture;
  /** From the store's answer to the playlist that lists the segment. */
  publishing: PublishingReport;
  operations: OperationPicture;
  /** Of the present broadcast, or the last; null: none yet. */
  money: MoneyPicture | null;
  /** What the server sends to the store: once a rendition, whatever the audience. In no other figure. */
  uplink: UplinkPicture;
  /** Against the same bytes from the server; null: nobody has reported. */
  saved: SavedPicture | null;
  writer: WriterPicture;
  replays: ReplayPicture;
  /** The gravest first; empty: all is well. */
  faults: FaultPicture[];
  advice: AdvicePicture[];
};

/** What one sweep of a stream has deleted, or would have. */
export type SweepResult = {
  stream: string;
  /** Nothing was deleted: what is said is what would have been. */
  dryRun: boolean;
  /** By the store's clock. */
  at: string;
  /** By reason. */
  deleted: SweptGroup[];
  /** Keys under the stream when it began, and their bytes. */
  keys: number;
  bytes: number;
  /** Keys that are none of Spillway's: left alone. */
  unknown: number;
  unknownExamples: string[];
  /** Why less was deleted than might have been; empty when all is well. */
  problems: string[];
  /** It ended before its end: another writer, or the store. */
  stopped: boolean;
  /** When more can be deleted than now; null: nothing is waiting. */
  more: string | null;
  /** What it cost. */
  operations: OperationCount;
  deletedKeys: number;
  deletedBytes: number;
};

export type SweptGroup = {
  /** Why, in words. */
  reason: string;
  /** How many. */
  keys: number;
  /** Theirs. */
  bytes: number;
};

/** What can be switched, how it stands, and why it cannot be switched where it cannot. */
export type SwitchPicture = {
  /** By hand. */
  slate: boolean;
  /** Why the slate cannot be put on air now; null: it can, or it is. */
  slateRefusal: string | null;
  /** The operator lets viewers share. */
  peers: boolean;
  /** Players are told to share: also the settings allow it, and there are enough viewers. */
  peersNow: boolean;
  /** Why players are not told to, in words; null: they are. */
  peersWhy: string | null;
  /** Why there is nothing to end; null: there is. */
  endRefusal: string | null;
  /** Ended by hand, and the source still brings what it brought: nothing goes on air until the source was away, or it is let in again. */
  held: boolean;
  /** Why the stream key cannot be changed here; null: it can. */
  keyRefusal: string | null;
};

/** A tracker node by its last heartbeat; null where there is none. */
export type TrackerNodeReport = {
  /** Its name. */
  node: string;
  /** Players may be led there. */
  lives: boolean;
  /** As players reach it. */
  address: string | null;
  /** Seconds, of the heartbeat when it was last looked at. */
  age: number | null;
  /** Open WebSockets. */
  connections: number | null;
  /** WebSockets it takes at most. */
  capacity: number | null;
  /** Memberships. */
  peers: number | null;
};

export type TrackerStatus = {
  /** This instance's tracker is the one that players are told; else there are others, and the counts say little. */
  here: boolean;
  /** At this instance. */
  swarms: number;
  /** Memberships at this instance. */
  peers: number;
  /** Relayed since the start. */
  offers: number;
  /** Relayed since the start. */
  answers: number;
  /** Those of `Tracker:Nodes`; empty when none are set. */
  nodes: TrackerNodeReport[];
};

export type TrafficReport = {
  /** HTTP requests, and WebSockets that were opened. */
  requests: number;
  /** Of bodies sent over HTTP. */
  bytes: number;
};

export type UplinkPicture = {
  /** Acknowledged by the store in this broadcast. */
  bytes: number;
  /** Bits per second, mean of the last minute; null: nothing was sent. */
  bitRate: number | null;
  /** Bytes of objects stored since the start. */
  sinceStart: number;
};

/** Segments on their way to the store. "Recent" is of the last 30 segments, over all renditions. */
export type UploadPicture = {
  /** From the first try to the yes, of the last segment; null: none yet, as all below. */
  lastMs: number | null;
  /** Mean, recent. */
  meanMs: number | null;
  /** Highest, recent. */
  worstMs: number | null;
  /** Mean of time divided by the segment's length, recent: from 1 on the store cannot keep up. */
  meanLoad: number | null;
  /** The highest of these, recent. */
  worstLoad: number | null;
  /** Objects stored since the start. */
  stored: number;
  /** PUTs that failed since the start, and were tried again. */
  failedTries: number;
  /** Objects given up since the start: gaps. */
  givenUp: number;
  /** Objects that wait or are under way. */
  waiting: number;
  /** Of these. */
  bytesWaiting: number;
  /** The store is away, or slower than the source. */
  behind: boolean;
  /** Null: the last try succeeded. */
  fault: FaultPicture | null;
  /** Null: the store keeps up. */
  advice: string | null;
};

export type UploadReport = {
  /** PUTs sent. */
  tries: number;
  /** Of these, not acknowledged. */
  failures: number;
  /** Acknowledged. */
  objects: number;
  /** Of these. */
  bytes: number;
};

/** Who watches. Estimates carry their bounds and how they were made. */
export type ViewerPicture = {
  /** Null: nobody knows. */
  now: Estimate | null;
  /** Part of them who share, 0 to 1. */
  sharing: Estimate | null;
  /** Viewers at this instance's tracker; null: not measured. */
  atTracker: number | null;
  /** Who report. */
  reporters: number;
  /** Part of the viewers who are to report, 0 to 1; 0: nobody is. */
  share: number;
  /** Of the broadcast; null: not known. */
  peak: number | null;
  /** Of the broadcast; null: not known. */
  mean: number | null;
  /** What they watch. */
  renditions: RenditionAudience[];
};

/** Peers at this instance's tracker, sampled each second: viewers who share. Those with P2P off are not among them. */
export type ViewerReport = {
  /** What was counted, in words. */
  of: string;
  peak: number;
  mean: number;
  samples: number;
};

/** Which way viewers' bytes came. */
export type WayPicture = {
  /** Part of the bytes of the last minutes, 0 to 1; null: nobody has reported, as all below. */
  fromPeersNow: Estimate | null;
  /** Part of the bytes of the whole broadcast, 0 to 1. */
  fromPeersShare: Estimate | null;
  /** Bytes, of the whole broadcast. */
  fromPeers: Estimate | null;
  /** Bytes, of the whole broadcast. */
  fromEdge: Estimate | null;
  /** Bytes that viewers gave, of the whole broadcast. */
  toPeers: Estimate | null;
  /** Bytes that this server sent to viewers in the broadcast: counted, of all streams; null: not counted. */
  fromOrigin: number | null;
  /** Requests and bytes at the embedded edge in the broadcast, of all streams; null with a bucket. */
  edgeCounted: TrafficReport | null;
};

export type WayReport = {
  /** Bytes. */
  fromPeers: Estimate;
  /** Bytes. */
  fromEdge: Estimate;
  /** Bytes. */
  toPeers: Estimate;
  /** 0 to 1; of several writers, the last one's. */
  shareFromPeers: Estimate | null;
};

/** A stream's live delay and window as they are now, for `/health` and `GET /api/v1/streams/{stream}/window`. */
export type WindowReport = {
  /** `off`, `fixed` or `adaptive`. */
  mode: "off" | "fixed" | "adaptive";
  /** Seconds behind the live edge at which players play. */
  delay: number;
  /** That the playlists list at least, once there is so much. */
  seconds: number;
  /** Seconds; the lower bound. */
  leastDelay: number;
  /** Seconds; the upper bound. */
  mostDelay: number;
  /** Upper bound of the window. */
  mostSeconds: number;
  /** Why it is so, in words. */
  reason: string;
  /** When the delay was changed last, by the store's clock; null: never since the start. */
  changed: string | null;
};

export type WriterPicture = {
  /** `writer` or `standby`. */
  role: "writer" | "standby";
  /** This one; null with `Storage:SingleWriter`, as all below. */
  instance: string | null;
  /** The writer's id; null: not known. */
  writer: string | null;
  /** Rises at each take-over. */
  epoch: number | null;
  /** By this instance, since its start. */
  takeOvers: number | null;
  /** Since when this instance writes; null: it does not. */
  since: string | null;
  /** In words. */
  why: string | null;
};

export type WriterReport = {
  /** Rises with each writer. */
  epoch: number;
  /** Since when its counts are here. */
  countsSince: string;
  /** Until when; what it did after, it could not write down any more. */
  countsUntil: string;
};
