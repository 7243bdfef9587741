import { describe, expect, it } from "vitest";
import { VolumeMemory } from "../src/ui/volume-memory";

function storage(kept = new Map<string, string>()) {
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}

/** What of a video element is needed: its events come after the change. */
class Video extends EventTarget {
  muted = false;
  volume = 1;
  change(change: Partial<{ muted: boolean; volume: number }>): void {
    Object.assign(this, change);
    this.dispatchEvent(new Event("volumechange"));
  }
}

const attach = (memory: VolumeMemory, video: Video) => memory.attach(video as unknown as HTMLVideoElement);

describe("the viewer's volume", () => {
  it("is remembered", () => {
    const browser = storage();
    const first = new Video();
    attach(new VolumeMemory(() => browser), first);
    expect(first.muted).toBe(true);
    first.change({ muted: false, volume: 0.4 });
    const second = new Video();
    attach(new VolumeMemory(() => browser), second);
    expect(second).toMatchObject({ muted: false, volume: 0.4 });
  });

  it("is not what the browser's rules have made of it", () => {
    const browser = storage(new Map([["spillway-volume", '{"volume":0.5,"muted":false}']]));
    const video = new Video();
    attach(new VolumeMemory(() => browser), video);
    video.dispatchEvent(new Event("mutedbypolicy"));
    video.change({ muted: true });
    expect(browser.kept.get("spillway-volume")).toContain('"muted":false');
    video.change({ muted: false });
    video.change({ muted: true });
    expect(browser.kept.get("spillway-volume")).toContain('"muted":true');
  });

  it.each(["", "null", "[]", '{"volume":7,"muted":false}', '{"volume":0.5}', '"x"'])(
    "begins muted upon %s",
    (kept) => {
      const video = new Video();
      attach(new VolumeMemory(() => storage(new Map([["spillway-volume", kept]]))), video);
      expect(video).toMatchObject({ muted: true, volume: 1 });
    },
  );

  it("is kept for as long as the page where nothing may be stored", () => {
    const denied = () => {
      throw new DOMException("denied", "SecurityError");
    };
    const video = new Video();
    attach(new VolumeMemory(denied), video);
    video.change({ muted: false });
    expect(video.muted).toBe(false);
  });
});
