import type { Rendition, Session, SessionEvents } from "./session";

/** Playback by the browser's own HLS player, where there is no Media Source (iOS before 17.1): no peers, no figures. */
export class NativeSession implements Session {
  readonly latency = null;
  readonly knowsLiveEdge = true;
  readonly rendition = "";
  readonly renditions: readonly Rendition[] = [];
  chosenRendition = -1;
  readonly listHasEnded = false;
  readonly onSlate = null;
  readonly isDry = false;
  readonly playingDate = null;
  readonly dates = null;
  staysBehind = false;
  private readonly listening = new AbortController();

  static isSupported(video: HTMLVideoElement): boolean {
    return video.canPlayType("application/vnd.apple.mpegurl") !== "";
  }

  constructor(
    private readonly playlist: URL,
    private readonly video: HTMLVideoElement,
    events: SessionEvents,
  ) {
    const { signal } = this.listening;
    video.addEventListener("loadedmetadata", () => events.ready(), { signal });
    video.addEventListener("ended", () => events.listEnded(), { signal });
    video.addEventListener(
      "error",
      () => {
        const code = video.error?.code;
        const trouble = code === MediaError.MEDIA_ERR_DECODE ? "media" : "network";
        events.broken(trouble, video.error?.message || `media error ${code ?? "?"}`);
      },
      { signal },
    );
  }

  start(): void {
    this.video.src = this.playlist.href;
  }

  reload(): void {
    this.start();
  }

  recoverMedia(): void {
    this.start();
  }

  goLive(): void {
    const { seekable } = this.video;
    // The browser's seekable range of a live stream ends where it would itself start to play.
    if (seekable.length > 0) this.video.currentTime = seekable.end(seekable.length - 1);
  }

  positionAt(): undefined {}

  keepChoice(): void {}

  goLiveSoon(): void {
    if (!this.staysBehind) this.goLive();
  }

  setSharing(): void {}

  follow(): void {}

  destroy(): void {
    this.listening.abort();
    this.video.removeAttribute("src");
    this.video.load();
  }
}
