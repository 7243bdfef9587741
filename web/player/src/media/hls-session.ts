import type { ErrorData, HlsConfig, Level } from "hls.js";
import Hls from "hls.js/light";
import type { Figures } from "../figures";
import { PeerSharing } from "../p2p/peer-sharing";
import { canShare, type PlayerJson } from "../stream/player-json";
import { countingLoader } from "./counting-loader";
import { positionAt } from "./dates";
import { hasOnlyGaps } from "./gaps";
import { delayOptions, hlsOptions } from "./hls-options";
import { isSlate } from "./segment-url";
import type { Rendition, Session, SessionEvents } from "./session";

/** Playback through Media Source Extensions, with segments from peers. */
export class HlsSession implements Session {
  listHasEnded = false;
  onSlate: boolean | null = null;
  private readonly hls: Hls;
  private readonly sharing: PeerSharing | undefined;
  private latencyLimit: number;
  private retryMaster = false;

  static isSupported(): boolean {
    return Hls.isSupported();
  }

  constructor(
    private readonly player: PlayerJson,
    private readonly playlist: URL,
    private readonly video: HTMLVideoElement,
    figures: Figures,
    private readonly events: SessionEvents,
    /** Segments are exchanged with other viewers from the start. */
    sharing: boolean,
    /** Where to begin, if the live playlist still has it; else as near the live edge as all viewers are. */
    startAt?: Date,
  ) {
    this.sharing = canShare(player) && hasWebRtc() ? new PeerSharing(player, figures, sharing) : undefined;
    figures.canShare = this.sharing !== undefined;
    this.hls = new Hls({
      ...hlsOptions(player),
      loader: countingLoader(
        Hls.DefaultConfig.loader as Parameters<typeof countingLoader>[0],
        figures,
      ) as HlsConfig["loader"],
      ...(this.sharing?.loaders as Partial<HlsConfig> | undefined),
    });
    this.latencyLimit = this.hls.config.liveMaxLatencyDuration ?? Number.POSITIVE_INFINITY;
    this.sharing?.bind(this.hls);
    this.sharing?.follow(player);
    this.listen();
    if (startAt !== undefined) this.beginAt(startAt);
  }

  get latency(): number | null {
    const details = this.hls.latestLevelDetails;
    if (details === null || !details.live) return null;
    // Not hls.latency: that is of the last timeupdate, which may have been before a jump.
    return Math.max(details.edge + details.age - this.video.currentTime, 0);
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
    const levels = this.hls.levels.map((level, id) => ({ id, label: renditionLabel(level) }));
    return levels.length < 2 ? [] : [{ id: -1, label: "Automatic" }, ...levels.reverse()];
  }

  get chosenRendition(): number {
    return this.hls.autoLevelEnabled ? -1 : this.hls.loadLevel;
  }

  set chosenRendition(id: number) {
    this.hls.nextLevel = id;
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

  get playingDate(): Date | null {
    return this.hls.playingDate;
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
    this.hls.destroy();
    this.sharing?.destroy();
  }

  private listen(): void {
    const { hls, events } = this;
    hls.on(Hls.Events.MANIFEST_PARSED, () => {
      events.renditionsChanged();
      events.ready();
    });
    hls.on(Hls.Events.FRAG_CHANGED, (_, { frag }) => {
      this.onSlate = isSlate(frag.url);
    });
    hls.on(Hls.Events.LEVEL_SWITCHED, () => events.renditionsChanged());
    hls.on(Hls.Events.LEVEL_UPDATED, (_, { details }) => {
      if (details.live || this.listHasEnded) return;
      this.listHasEnded = true;
      events.listEnded();
    });
    hls.on(Hls.Events.ERROR, (_, data) => this.onError(data));
  }

  private beginAt(date: Date): void {
    this.hls.once(Hls.Events.LEVEL_LOADED, (_, { details }) => {
      const position = positionAt(details.fragments, date);
      if (position === undefined) return;
      this.staysBehind = true;
      this.hls.startLoad(position);
    });
  }

  private onError(data: ErrorData): void {
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

export function renditionLabel(level: Level): string {
  const size = level.height > 0 ? `${level.height}p` : renditionName(level);
  const rate = level.bitrate > 0 ? `, ${(level.bitrate / 1e6).toFixed(1)} Mbit/s` : "";
  return size + rate;
}
