/** Figures as people read them. null and undefined are "not known", which is never shown as 0. */

export type Maybe = number | null | undefined;

export const UNKNOWN = "not known";

const known = (value: Maybe): value is number =>
  value !== null && value !== undefined && Number.isFinite(value);

/** With two or three digits that count, and none after the point from 100 on. */
function short(value: number): string {
  const digits = value >= 100 || Number.isInteger(value) ? 0 : value >= 10 ? 1 : 2;
  return value.toFixed(digits);
}

/** Powers of 1000, as bills and lines have them. */
export function bytes(value: Maybe): string {
  if (!known(value)) return UNKNOWN;
  const units = ["B", "kB", "MB", "GB", "TB"];
  let power = 0;
  let size = value;
  while (size >= 999.5 && power < units.length - 1) {
    size /= 1000;
    power++;
  }
  return `${power === 0 ? Math.round(size) : short(size)} ${units[power]}`;
}

/** Bits per second. */
export function bitRate(value: Maybe): string {
  if (!known(value)) return UNKNOWN;
  if (value >= 1e9) return `${short(value / 1e9)} Gbit/s`;
  if (value >= 1e6) return `${short(value / 1e6)} Mbit/s`;
  return `${Math.round(value / 1000)} kbit/s`;
}

export function count(value: Maybe): string {
  return known(value) ? Math.round(value).toLocaleString("en-US") : UNKNOWN;
}

/** @param part 0 to 1. */
export function percent(part: Maybe): string {
  if (!known(part)) return UNKNOWN;
  const value = part * 100;
  if (value > 0 && value < 1) return "under 1 %";
  if (value > 99 && value < 100) return "over 99 %";
  return `${Math.round(value)} %`;
}

/** A time that is short enough to matter to the tenth: uploads, latency. */
export function seconds(value: Maybe): string {
  if (!known(value)) return UNKNOWN;
  if (value < 1) return `${Math.round(value * 1000)} ms`;
  return value < 20 ? `${value.toFixed(1)} s` : `${Math.round(value)} s`;
}

/** How long something lasted or is ago. */
export function span(value: Maybe): string {
  if (!known(value)) return UNKNOWN;
  const whole = Math.max(0, Math.round(value));
  if (whole < 60) return `${whole} s`;
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (hours >= 48) return `${Math.floor(hours / 24)} days`;
  if (hours > 0) return `${hours} h ${String(minutes).padStart(2, "0")} min`;
  return `${minutes} min ${String(rest).padStart(2, "0")} s`;
}

/** Small sums keep two digits that count: a show costs some cents. */
export function dollars(value: Maybe): string {
  if (!known(value)) return UNKNOWN;
  if (value === 0) return "$0";
  const size = Math.abs(value);
  const digits = size >= 1 ? 2 : Math.min(6, Math.max(2, 1 - Math.floor(Math.log10(size))));
  return size < 1e-6 ? "under $0.000001" : `${value < 0 ? "−" : ""}$${size.toFixed(digits)}`;
}

/** The operator's own time of day. */
export function clock(date: string | number | Date | null | undefined): string {
  if (date === null || date === undefined) return UNKNOWN;
  const time = new Date(date);
  if (Number.isNaN(time.getTime())) return UNKNOWN;
  return time.toLocaleTimeString("en-GB");
}

/** Day and time of day. */
export function day(date: string | number | Date | null | undefined): string {
  if (date === null || date === undefined) return UNKNOWN;
  const time = new Date(date);
  if (Number.isNaN(time.getTime())) return UNKNOWN;
  const date10 = time.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
  return `${date10}, ${time.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}`;
}

export type Estimate = { value: number; low?: number | null; high?: number | null; of?: string };

/** "420, between 390 and 450": an estimate is never shown without its error. */
export function estimate(figure: Estimate | null | undefined, words: (value: number) => string): string {
  if (figure === null || figure === undefined) return UNKNOWN;
  const value = words(figure.value);
  const [low, high] = [figure.low, figure.high];
  if (!known(low) && !known(high)) return `${value}, error not known`;
  if (!known(low)) return `${value}, at most ${words(high as number)}`;
  if (!known(high)) return `${value}, at least ${words(low)}`;
  if (words(low) === value && words(high) === value) return value;
  return `${value}, between ${words(low)} and ${words(high)}`;
}

/** "1 gap", "2 gaps". */
export function plural(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}
