import { type SVGTemplateResult, svg } from "lit";
import type { Step } from "../history";

/** Units of the drawing; it is stretched to its place. */
const WIDTH = 180;
const HEIGHT = 40;

type Slots = readonly (Step | undefined)[];

/**
 * Which way the bytes came, a bar a step: those of other viewers hatched and at the bottom, the server's plain and on top, so that nobody has to tell
 * them by colour.
 */
export function waysChart(slots: Slots, label: string): SVGTemplateResult {
  const most = Math.max(...slots.map((step) => (step ? step.fromPeers + step.fromEdge : 0)), 1);
  const each = WIDTH / slots.length;
  const bars = slots.flatMap((step, index) => {
    if (step === undefined) return [];
    const [x, width] = [index * each, each - 1];
    const peers = (HEIGHT * step.fromPeers) / most;
    const edge = (HEIGHT * step.fromEdge) / most;
    return svg`
      <rect class="peer" x=${x} y=${HEIGHT - peers} width=${width} height=${peers}></rect>
      <rect class="hatch" x=${x} y=${HEIGHT - peers} width=${width} height=${peers}></rect>
      <rect class="edge" x=${x} y=${HEIGHT - peers - edge} width=${width} height=${edge}></rect>`;
  });
  return svg`<svg class="ways" role="img" aria-label=${label} viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none">
    <defs>
      <pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <line class="stroke" x1="0" y1="0" x2="0" y2="4"></line>
      </pattern>
    </defs>
    ${bars}
  </svg>`;
}

/** One figure over time; it stands beside its name and its present value, which say it in words. */
export function sparkline(slots: Slots, of: (step: Step) => number | null): SVGTemplateResult {
  return svg`<svg class="spark" aria-hidden="true" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none">
    <path d=${linePath(slots.map((step) => (step === undefined ? null : of(step))))} vector-effect="non-scaling-stroke"></path>
  </svg>`;
}

/** From 0 at the bottom to the most at the top; a line that ends where a value is not known. */
export function linePath(values: readonly (number | null)[]): string {
  const most = Math.max(...values.map((value) => value ?? 0), 1e-9);
  const each = WIDTH / (values.length - 1);
  let path = "";
  let isDown = false;
  values.forEach((value, index) => {
    if (value !== null) {
      const y = HEIGHT - 1 - ((HEIGHT - 2) * value) / most;
      path += `${isDown ? "L" : "M"}${(index * each).toFixed(1)} ${y.toFixed(1)}`;
    }
    isDown = value !== null;
  });
  return path;
}
