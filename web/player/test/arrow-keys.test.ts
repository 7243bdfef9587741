import { describe, expect, it } from "vitest";
import { type Box, isBack, nearest } from "../src/ui/arrow-keys";

const box = (left: number, top: number, width: number, height: number): Box => ({
  left,
  top,
  right: left + width,
  bottom: top + height,
});

/** As on a television: a panel at the right, a button over the picture, the seek bar over the row of buttons. */
const copy = box(1600, 600, 120, 40);
const tap = box(860, 100, 200, 50);
const seek = box(0, 980, 1920, 36);
const play = box(0, 1020, 60, 60);
const mute = box(60, 1020, 60, 60);
const info = box(1700, 1018, 60, 64);
const all = [copy, tap, seek, play, mute, info];

function goes(from: Box, key: Parameters<typeof nearest>[2]): Box | undefined {
  const others = all.filter((one) => one !== from);
  return others[nearest(from, others, key)];
}

describe("arrow keys", () => {
  it("go along a row, and no further than its end", () => {
    expect(goes(play, "ArrowRight")).toBe(mute);
    expect(goes(mute, "ArrowRight")).toBe(info);
    expect(goes(info, "ArrowRight")).toBeUndefined();
    expect(goes(info, "ArrowLeft")).toBe(mute);
    expect(goes(play, "ArrowLeft")).toBeUndefined();
  });

  it("go up through the bars into a panel and to the button over the picture, and back down", () => {
    expect(goes(info, "ArrowUp")).toBe(seek);
    expect(goes(seek, "ArrowUp")).toBe(copy);
    expect(goes(copy, "ArrowUp")).toBe(tap);
    expect(goes(tap, "ArrowDown")).toBe(seek);
    expect(goes(copy, "ArrowDown")).toBe(seek);
    expect(goes(seek, "ArrowDown")).toBe(play);
    expect(goes(play, "ArrowDown")).toBeUndefined();
  });

  it("have a way out, whatever the remote control calls it", () => {
    for (const key of ["Escape", "GoBack", "BrowserBack", "XF86Back"])
      expect(isBack({ key } as KeyboardEvent)).toBe(true);
    expect(isBack({ key: "Backspace" } as KeyboardEvent)).toBe(false);
  });
});
