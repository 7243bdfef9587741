import { describe, expect, it } from "vitest";
import { mayUpload, networkOf } from "../src/p2p/upload-allowance";
import { ViewersChoice } from "../src/p2p/viewers-choice";

describe("uploads", () => {
  it("are off where the browser says that bytes cost money, and only there", () => {
    expect(mayUpload(undefined)).toBe(true);
    expect(mayUpload({})).toBe(true);
    expect(mayUpload({ saveData: false, type: "wifi" })).toBe(true);
    expect(mayUpload({ saveData: true, type: "wifi" })).toBe(false);
    expect(mayUpload({ saveData: false, type: "cellular" })).toBe(false);
  });

  it("are on in browsers that say nothing", () => {
    expect(networkOf({})).toBeUndefined();
    expect(mayUpload(networkOf({ connection: { saveData: true } }))).toBe(false);
  });
});

describe("the viewer's choice", () => {
  function memory() {
    const kept = new Map<string, string>();
    return {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    };
  }

  it("is to share until it is switched off, and is remembered", () => {
    const storage = memory();
    const choice = new ViewersChoice(() => storage);
    expect(choice.shares).toBe(true);
    choice.shares = false;
    expect(new ViewersChoice(() => storage).shares).toBe(false);
    choice.shares = true;
    expect(new ViewersChoice(() => storage).shares).toBe(true);
  });

  it("holds for the page where the browser keeps nothing", () => {
    const choice = new ViewersChoice(() => {
      throw new DOMException("denied", "SecurityError");
    });
    expect(choice.shares).toBe(true);
    choice.shares = false;
    expect(choice.shares).toBe(false);
  });
});
