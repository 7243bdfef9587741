/** AirPlay, in browsers that have not got all of the standard's Remote Playback. */
type AirPlayVideo = HTMLVideoElement & { webkitShowPlaybackTargetPicker?: () => void };

/** Whether there is another screen, such as a television, that the browser can play this video on. Only the browser knows. */
export class RemotePlaybackWatch {
  isAvailable = false;

  constructor(
    private readonly video: AirPlayVideo,
    private readonly onChange: () => void,
  ) {
    if (typeof video.webkitShowPlaybackTargetPicker === "function")
      video.addEventListener("webkitplaybacktargetavailabilitychanged", (event) =>
        this.found((event as Event & { availability?: string }).availability === "available"),
      );
    // It is refused where devices cannot be looked for in the background, or for this video: then there is nothing to be shown.
    else void video.remote?.watchAvailability((available) => this.found(available)).catch(() => {});
  }

  /** The browser's own list of screens. Called upon a tap. */
  choose(): void {
    if (typeof this.video.webkitShowPlaybackTargetPicker === "function")
      this.video.webkitShowPlaybackTargetPicker();
    // The viewer may close the list without choosing.
    else void this.video.remote.prompt().catch(() => {});
  }

  private found(available: boolean): void {
    if (available === this.isAvailable) return;
    this.isAvailable = available;
    this.onChange();
  }
}
