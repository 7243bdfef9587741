/** What the arrows go to. */
const STOPS = [
  "media-play-button, media-mute-button, media-volume-range, media-time-range, media-time-display, media-pip-button, media-fullscreen-button",
  "spillway-time-bar, button, select, a[href], input[type=checkbox]",
].join();
/** Their own parts are within them. */
const HOSTS = "spillway-player, spillway-panel, spillway-replay-list";
/** Pixels by which what stands in one row may be higher or lower than the rest of it. */
const ROW = 16;
const SLIDER = /-(RANGE|TIME-BAR)$/;

type Key = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown";
export type Box = Pick<DOMRect, "left" | "right" | "top" | "bottom">;

/** What remote controls, and keyboards, send for the way out. */
export function isBack({ key }: KeyboardEvent): boolean {
  return ["Escape", "GoBack", "BrowserBack", "XF86Back"].includes(key);
}

/**
 * Arrow keys as a remote control has them: they go to what is next on screen in their direction, within a panel first, then in the player, then to what stands
 * around it on its page. Sliders and menus keep those that they need themselves; with the focus on the picture they are not for moving.
 * @returns Whether it was one of them, from something that has the focus.
 */
export function moveByArrows(event: KeyboardEvent): boolean {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return false;
  if (!/^Arrow(Left|Right|Up|Down)$/.test(event.key)) return false;
  const path = event.composedPath().filter((node) => node instanceof HTMLElement);
  const from = path.find((node) => node.matches(STOPS));
  // The panel, the player around it, and the page around that.
  const around = path.filter((node) => node.matches(`${HOSTS}, spillway-page`));
  if (from === undefined || around.length === 0) return false;
  const key = event.key as Key;
  const isAcross = key === "ArrowLeft" || key === "ArrowRight";
  if (isAcross ? SLIDER.test(from.tagName) : from.tagName === "SELECT") return false;
  let to: HTMLElement | undefined;
  for (const root of around) {
    const others = stopsIn(root).filter((stop) => stop !== from);
    to ??= others[nearest(boxOf(from), others.map(boxOf), key)];
  }
  if (!isAcross) to ??= besideSlider(from, stopsIn(around.at(-1) as HTMLElement), key);
  // Neither louder nor elsewhere in the stream; what can be scrolled may be.
  event.stopPropagation();
  if (to === undefined) return true;
  event.preventDefault();
  // The sliders of media-chrome cannot have the focus themselves: what is within them has.
  (to.shadowRoot?.querySelector("input") ?? to).focus();
  return true;
}

/** There is no way out of a slider to its sides. */
function besideSlider(from: HTMLElement, stops: HTMLElement[], key: Key): HTMLElement | undefined {
  if (!SLIDER.test(from.tagName)) return undefined;
  return stops[stops.indexOf(from) + (key === "ArrowDown" ? 1 : -1)];
}

/**
 * The nearest box in a direction: to the sides only within the same row. Of several that are equally near the one whose left edge is nearest.
 * @returns -1 when there is none.
 */
export function nearest(from: Box, boxes: readonly Box[], key: Key): number {
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  boxes.forEach((box, index) => {
    const isAcross = key === "ArrowLeft" || key === "ArrowRight";
    const aside = isAcross
      ? apart(from.top, from.bottom, box.top, box.bottom)
      : apart(from.left, from.right, box.left, box.right);
    if (isAcross && aside > 0) return;
    const ahead = {
      ArrowLeft: from.left - box.right,
      ArrowRight: box.left - from.right,
      ArrowUp: from.top - box.bottom,
      ArrowDown: box.top - from.bottom,
    }[key];
    // Neighbours may touch, and overlap by their borders.
    if (ahead < -4) return;
    const rows = ROW * Math.floor(Math.max(ahead, 0) / ROW);
    const cost = rows + 2 * aside + Math.abs(from.left - box.left) / 1_000;
    if (cost >= least) return;
    best = index;
    least = cost;
  });
  return best;
}

/** Pixels between two stretches, 0 where they overlap. */
function apart(begin: number, end: number, otherBegin: number, otherEnd: number): number {
  return Math.max(otherBegin - end, begin - otherEnd, 0);
}

function boxOf(element: Element): Box {
  return element.getBoundingClientRect();
}

/** In the order in which they stand. */
function stopsIn(root: Element): HTMLElement[] {
  const found: HTMLElement[] = [];
  for (const element of (root.shadowRoot ?? root).querySelectorAll<HTMLElement>(`${STOPS}, ${HOSTS}`))
    if (element.matches(HOSTS)) found.push(...stopsIn(element));
    else if (isThere(element)) found.push(element);
  return found;
}

function isThere(element: HTMLElement): boolean {
  const { width, height } = element.getBoundingClientRect();
  return width > 0 && height > 0 && !element.hasAttribute("disabled") && element.closest("[inert]") === null;
}
