import type { ErrorData, HlsConfig, Level, LevelDetails } from "hls.js";
import Hls from "hls.js/light";
import type { Figures } from "../figures";
import { LateSharing } from "../p2p/late-sharing";
import { early } from "../stream/early";
import { startRendition } from "../stream/first-segment";
import { canShare, type PlayerJson } from "../stream/player-json";
import { countingLoader } from "./counting-loader";
import { type Dates, datesOf, positionAt } from "./dates";
import { hasOnlyGaps } from "./gaps";
import { delayOptions, hlsOptions } from "./hls-options";
import { KeptChoice } from "./kept-choice";
import { isSlate } from "./segment-url";
import type { Rendition, Session, SessionEvents } from "./session";

export type Wanted = {
  /** Segments are exchanged with other viewers from the start. */
  sharing: boolean;
  /** Name of the rendition, "" to leave it to the player. */
  rendition: string;
  /** Where to begin, if the live playlist still has it; undefined: as near the live edge as all viewers are. */
  at: Date | undefined;
};

/**
 * Milliseconds after which a playlist is asked for again that was read after none could be had, and is still the one from before. hls.js takes half
 * a target duration, in which the picture stands still.
 */
const STALE_AGAIN = 600;

/** Playback through Media Source Extensions, with segments from peers. */
export class HlsSession implements Session {
  listHasEnded = false;
  onSlate: boolean | null = null;
  private readonly hls: Hls;
  private readonly sharing: LateSharing | undefined;
  private latencyLimit: number;
  private retryMaster = false;
  private readonly choice = new KeptChoice();
  private wantedName = "";
  /** When a playlist could be had again after trouble, in milliseconds; undefined while none can. */
  private backAt: number | undefined = Number.NEGATIVE_INFINITY;
  private asking: ReturnType<typeof setTimeout> | undefined;

  static isSupported(): boolean {
    return Hls.isSupported();
  }

  constructor(
    private readonly player: PlayerJson,
    private readonly playlist: URL,
    private readonly video: HTMLVideoElement,
    figures: Figures,
    private readonly events: SessionEvents,
    wanted: Wanted,
  ) {
    this.hls = new Hls({
      ...hlsOptions(player),
      loader: countingLoader(
        Hls.DefaultConfig.loader as Parameters<typeof countingLoader>[0],
        figures,
        early,
      ) as HlsConfig["loader"],
    });
    this.latencyLimit = this.hls.config.liveMaxLatencyDuration ?? Number.POSITIVE_INFINITY;
    figures.canShare = canShare(player) && hasWebRtc();
    this.sharing = figures.canShare ? new LateSharing(this.hls, player, figures, wanted.sharing) : undefined;
    this.listen();
    this.wantedName = wanted.rendition;
    if (wanted.at !== undefined) this.beginAt(wanted.at);
  }

  get latency(): number | null {
    const details = this.hls.latestLevelDetails;
    if (details === null || !details.live) return null;
    // Not hls.latency: that is of the last timeupdate, which may have been before a jump.
    return Math.max(details.edge + details.age - this.video.currentTime, 0);
  }

  get knowsLiveEdge(): boolean {
    // A playlist on air is never older than that (RFC 8216bis, 6.2.1).
    return this.backAt !== undefined && performance.now() - this.backAt > 1_500 * this.player.targetDuration;
  }

  get isDry(): boolean {
    const details = this.hls.latestLevelDetails;
    return details?.live === true && hasOnlyGaps(details.fragments, this.video.currentTime);
  }

  get rendition(): string {
    const level = this.hls.levels[this.hls.currentLevel];
    return level === undefined ? "" : renditionName(level);
  }

  get renditions(): readonly Rendition[] {
    return renditionsOf(this.hls.levels);
  }

  get chosenRendition(): number {
    return this.choice.level;
  }

  set chosenRendition(id: number) {
    this.choice.level = id;
    this.hls.nextLevel = id;
  }

  keepChoice(now: number): void {
    if (this.choice.isDue(now, this.hls.autoLevelEnabled, this.isDry)) this.hls.nextLevel = this.choice.level;
  }

  start(): void {
    this.hls.loadSource(this.playlist.href);
    this.hls.attachMedia(this.video);
  }

  reload(): void {
    if (this.retryMaster || this.hls.levels.length === 0) this.hls.loadSource(this.playlist.href);
    else this.hls.startLoad();
    this.retryMaster = false;
  }

  recoverMedia(): void {
    this.hls.recoverMediaError();
  }

  goLive(): void {
    const position = this.hls.liveSyncPosition;
    if (position !== null) this.video.currentTime = position;
    this.hls.startLoad();
  }

  goLiveSoon(): void {
    this.hls.once(Hls.Events.LEVEL_UPDATED, (_, { details }) => {
      const far = details.edge - this.video.currentTime - (this.hls.config.liveSyncDuration ?? 0);
      if (details.live && !this.staysBehind && far > details.targetduration) this.goLive();
    });
  }

  get playingDate(): Date | null {
    return this.hls.playingDate;
  }

  get dates(): Dates | null {
    const details = this.hls.latestLevelDetails;
    return details === null ? null : datesOf(details.fragments, details.live ? details.age : 0);
  }

  positionAt(date: Date): number | undefined {
    return positionAt(this.hls.latestLevelDetails?.fragments ?? [], date);
  }

  get staysBehind(): boolean {
    return this.hls.config.liveMaxLatencyDuration === Number.POSITIVE_INFINITY;
  }

  set staysBehind(value: boolean) {
    this.hls.config.liveMaxLatencyDuration = value ? Number.POSITIVE_INFINITY : this.latencyLimit;
  }

  setSharing(enabled: boolean): void {
    if (this.sharing !== undefined) this.sharing.enabled = enabled;
  }

  follow(player: PlayerJson): void {
    this.sharing?.follow(player);
    const { config } = this.hls;
    if (player.broadcast !== this.player.broadcast || player.liveDelay === config.liveSyncDuration) return;
    // The picture itself is moved by its speed, see latency-shift.ts.
    const { staysBehind } = this;
    const options = delayOptions({ ...this.player, liveDelay: player.liveDelay });
    Object.assign(config, options);
    this.latencyLimit = options.liveMaxLatencyDuration;
    this.staysBehind = staysBehind;
    this.sharing?.moveTo(player.liveDelay);
  }

  destroy(): void {
    clearTimeout(this.asking);
    this.hls.destroy();
    this.sharing?.destroy();
  }

  private listen(): void {
    const { hls, events } = this;
    hls.on(Hls.Events.MANIFEST_PARSED, () => {
      // By itself it would take what the playlist names first, as large as that may be.
      hls.startLevel = startRendition(hls.levels);
      const chosen = hls.levels.findIndex((level) => renditionName(level) === this.wantedName);
      if (chosen >= 0) this.chosenRendition = hls.startLevel = chosen;
      events.renditionsChanged();
      events.ready();
    });
    hls.on(Hls.Events.FRAG_CHANGED, (_, { frag }) => {
      this.onSlate = isSlate(frag.url);
    });
    hls.on(Hls.Events.LEVEL_SWITCHED, () => events.renditionsChanged());
    hls.on(Hls.Events.LEVEL_UPDATED, (_, { details, level }) => {
      this.backAt ??= performance.now();
      this.keepUp(details);
      this.askForNewer(details, level);
      events.listed();
      if (details.live || this.listHasEnded) return;
      this.listHasEnded = true;
      events.listEnded();
    });
    hls.on(Hls.Events.ERROR, (_, data) => this.onError(data));
  }

  /** hls.js does so by itself, but not while it begins to load anew after trouble: it would load what is near the live edge, and stand still before it. */
  private keepUp(details: LevelDetails): void {
    const { video } = this;
    const position = this.hls.liveSyncPosition;
    const isTooFar =
      video.currentTime < details.fragmentStart || details.edge - video.currentTime > this.latencyLimit;
    const isStarved = video.currentTime > 0 && video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA;
    if (details.live && isStarved && isTooFar && !this.staysBehind && position !== null)
      video.currentTime = position;
  }

  private askForNewer(details: LevelDetails, level: number): void {
    const { hls, video } = this;
    clearTimeout(this.asking);
    const isEnough = details.edge - video.currentTime >= (hls.config.liveSyncDuration ?? 0);
    if (!details.live || this.knowsLiveEdge || isEnough || video.currentTime === 0) return;
    this.asking = setTimeout(() => {
      const levelInfo = hls.levels[level];
      if (this.backAt === undefined || levelInfo === undefined || hls.loadLevel !== level) return;
      hls.trigger(Hls.Events.LEVEL_LOADING, {
        url: levelInfo.uri,
        level,
        levelInfo,
        pathwayId: levelInfo.attrs["PATHWAY-ID"],
        id: 0,
        deliveryDirectives: null,
      });
    }, STALE_AGAIN);
  }

  private beginAt(date: Date): void {
    this.hls.once(Hls.Events.LEVEL_LOADED, (_, { details }) => {
      const { fragments } = details;
      // What has just left the list is not far from what it still has; the first of it leaves next.
      const oldest = datesOf(fragments, 0) === null ? undefined : fragments[1]?.start;
      const position = positionAt(fragments, date) ?? oldest;
      if (position === undefined) return;
      this.staysBehind = true;
      this.hls.startLoad(position);
    });
  }

  private onError(data: ErrorData): void {
    if (data.details.startsWith("level")) this.backAt = undefined;
    if (!data.fatal) return;
    this.retryMaster = data.details.startsWith("manifest");
    const trouble =
      data.type === Hls.ErrorTypes.NETWORK_ERROR
        ? "network"
        : data.type === Hls.ErrorTypes.MEDIA_ERROR
          ? "media"
          : "other";
    const status = data.response?.code ? ` HTTP ${data.response.code}` : "";
    this.events.broken(trouble, `${data.details}${status} ${data.error?.message ?? ""}`.trim());
  }
}

function hasWebRtc(): boolean {
  return typeof RTCPeerConnection === "function";
}

/** The rendition's folder: `{stream}/{broadcast}/{rendition}/playlist.m3u8`. */
export function renditionName(level: Pick<Level, "uri" | "height">): string {
  const folder = /\/([a-z0-9][a-z0-9-]{0,31})\/[^/]+\.m3u8(?:\?.*)?$/.exec(level.uri)?.[1];
  return folder ?? (level.height > 0 ? `${level.height}p` : "");
}

/** For the menu: the largest first. */
export function renditionsOf(levels: readonly Level[]): Rendition[] {
  const all = levels.map((level, id) => ({ id, label: renditionLabel(level), name: renditionName(level) }));
  return all.length < 2 ? [] : [{ id: -1, label: "Automatic", name: "" }, ...all.reverse()];
}

function renditionLabel(level: Level): string {
  const size = level.height > 0 ? `${level.height}p` : renditionName(level);
  const rate = level.bitrate > 0 ? `, ${(level.bitrate / 1e6).toFixed(1)} Mbit/s` : "";
  return size + rate;
}
