import { describe, expect, it } from "vitest";
import { readableOn } from "../src/ui/contrast";

describe("what is written on a stream's own colour", () => {
  it.each([
    ["#b8430b", "#ffffff"],
    ["#0b62d6", "#ffffff"],
    ["#6aa9ff", "#0a1220"],
    ["#ff0", "#0a1220"],
    ["#000", "#ffffff"],
  ])("can be read on %s", (colour, text) => {
    expect(readableOn(colour)).toBe(text);
  });
});
