import { expect, it } from "vitest";
import { switchesOf } from "../src/model/switches";
import { well } from "./sample";

it("each switch asks first, and names the way back", () => {
  const [stream] = well().streams;
  const of = (more: object) => switchesOf({ ...stream, switches: { ...stream.switches, ...more } });
  for (const item of of({})) {
    expect(item.question.title).toMatch(/\?$/);
    expect(item.question.text.length).toBeGreaterThan(20);
  }
  const named = (more: object) => of(more).map(({ method, path, body }) => [method, path, body]);
  expect(named({})).toEqual([
    ["POST", "/streams/live/slate", undefined],
    ["PUT", "/streams/live/p2p", { on: false }],
    ["POST", "/streams/live/end", undefined],
  ]);
  expect(named({ slate: true, peers: false, held: true, keyRefusal: null })).toEqual([
    ["DELETE", "/streams/live/slate", undefined],
    ["PUT", "/streams/live/p2p", { on: true }],
    ["DELETE", "/streams/live/end", undefined],
    ["POST", "/streams/live/key", undefined],
  ]);
});

it("what cannot be switched says why", () => {
  const [stream] = well().streams;
  const [slate] = switchesOf({
    ...stream,
    switches: { ...stream.switches, slateRefusal: "Nothing is on air on live." },
  });
  expect(slate?.refusal).toBe("Nothing is on air on live.");
});
