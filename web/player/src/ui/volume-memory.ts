const KEY = "spillway-volume";

type Remembered = { volume: number; muted: boolean };

/** The viewer's volume, kept by the browser. What the browser's own rules have muted is nobody's choice. */
export class VolumeMemory {
  /** @param storage Undefined or throwing where a browser denies it: then nothing is remembered. */
  constructor(private readonly storage: () => Pick<Storage, "getItem" | "setItem"> | undefined) {}

  /** Sets what was chosen last time, muted when nothing was; from then on remembers every change. */
  attach(video: HTMLVideoElement): void {
    const before = this.read();
    // A property, since an attribute set by a template mutes only what is parsed from HTML.
    video.muted = before?.muted ?? true;
    if (before !== undefined) video.volume = before.volume;
    let byPolicy = false;
    video.addEventListener("mutedbypolicy", () => {
      byPolicy = true;
    });
    video.addEventListener("volumechange", () => {
      if (!video.muted) byPolicy = false;
      if (!byPolicy) this.write({ volume: video.volume, muted: video.muted });
    });
  }

  private read(): Remembered | undefined {
    try {
      const { volume, muted } = JSON.parse(this.storage()?.getItem(KEY) ?? "null") as Partial<Remembered>;
      const isVolume = typeof volume === "number" && volume >= 0 && volume <= 1;
      return isVolume && typeof muted === "boolean" ? { volume, muted } : undefined;
    } catch {
      return undefined;
    }
  }

  private write(remembered: Remembered): void {
    try {
      this.storage()?.setItem(KEY, JSON.stringify(remembered));
    } catch {
      // Private windows and full storage: see above.
    }
  }
}
