/** What a text is written in on a colour: white, or the pages' near-black. */
const WHITE = "#ffffff";
const DARK = "#0a1220";

/**
 * The one of the two that is read better on a colour, by WCAG 2.2's contrast ratio. One of them always has 4.3 or more.
 * https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
 * @param colour `#rgb` or `#rrggbb`.
 */
export function readableOn(colour: string): string {
  const lightness = luminance(colour);
  return ratio(lightness, luminance(WHITE)) >= ratio(lightness, luminance(DARK)) ? WHITE : DARK;
}

function ratio(a: number, b: number): number {
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(colour: string): number {
  const digits =
    colour.length === 4 ? [...colour.slice(1)].map((digit) => digit + digit).join("") : colour.slice(1);
  const [red, green, blue] = [0, 2, 4].map((at) => {
    const part = Number.parseInt(digits.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
