import { describe, expect, it } from "vitest";
import { RemotePlaybackWatch } from "../src/ui/remote-playback";

function watch(video: object): { watched: RemotePlaybackWatch; changes: () => number } {
  let changes = 0;
  const watched = new RemotePlaybackWatch(video as HTMLVideoElement, () => changes++);
  return { watched, changes: () => changes };
}

describe("another screen", () => {
  it("is offered while the browser knows of one, and opens the browser's list", () => {
    let tell: (available: boolean) => void = () => {};
    let asked = 0;
    const { watched, changes } = watch({
      remote: {
        watchAvailability: async (callback: typeof tell) => {
          tell = callback;
          return 1;
        },
        prompt: async () => {
          asked++;
          throw new DOMException("closed", "NotAllowedError");
        },
      },
    });
    expect(watched.isAvailable).toBe(false);
    tell(true);
    tell(true);
    expect([watched.isAvailable, changes()]).toEqual([true, 1]);
    watched.choose();
    expect(asked).toBe(1);
    tell(false);
    expect([watched.isAvailable, changes()]).toEqual([false, 2]);
  });

  it("is not offered where the browser has no such thing, or refuses it for this video", async () => {
    expect(watch({}).watched.isAvailable).toBe(false);
    const refuses = async () => {
      throw new DOMException("no", "NotSupportedError");
    };
    const { watched } = watch({ remote: { watchAvailability: refuses } });
    await Promise.resolve();
    expect(watched.isAvailable).toBe(false);
  });

  it("is AirPlay's where the browser has that", () => {
    let opened = 0;
    const video = Object.assign(new EventTarget(), { webkitShowPlaybackTargetPicker: () => opened++ });
    const { watched } = watch(video);
    const tell = (availability: string) =>
      video.dispatchEvent(
        Object.assign(new Event("webkitplaybacktargetavailabilitychanged"), { availability }),
      );
    tell("not-available");
    expect(watched.isAvailable).toBe(false);
    tell("available");
    expect(watched.isAvailable).toBe(true);
    watched.choose();
    expect(opened).toBe(1);
  });
});
