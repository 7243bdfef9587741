import type { EntryPicture, RenditionPicture } from "../api/types";
import { clock, percent, plural, seconds } from "../words";

/** What one segment is, by a letter and a word. */
export type Kind = "stored" | "late" | "gap" | "slate" | "waiting";

export type Mark = {
  entry: EntryPicture;
  kind: Kind;
  letter: string;
  /** Parts of the line's width, 0 to 1. */
  x: number;
  width: number;
  /** Upload time divided by the segment's length; null: not known. */
  load: number | null;
  words: string;
};

export type Line = {
  marks: Mark[];
  /** Beyond those that are drawn: what waits during a long outage would make each too narrow to see. */
  more: number;
  summary: string;
};

const MOST_MARKS = 48;

export const LETTERS: Readonly<Record<Kind, string>> = {
  stored: "",
  late: "!",
  gap: "G",
  slate: "S",
  waiting: "W",
};

export function lineOf(rendition: RenditionPicture): Line {
  const { entries } = rendition;
  const shown = entries.slice(0, MOST_MARKS);
  const whole = shown.reduce((sum, entry) => sum + length(entry), 0) || 1;
  let at = 0;
  const marks = shown.map((entry) => {
    const width = length(entry) / whole;
    const kind = kindOf(entry);
    const mark = {
      entry,
      kind,
      letter: LETTERS[kind],
      x: at,
      width,
      load: loadOf(entry),
      words: wordsOf(entry, kind),
    };
    at += width;
    return mark;
  });
  return { marks, more: entries.length - shown.length, summary: summaryOf(rendition) };
}

/** A length that a source lies about must not break the drawing. */
const length = (entry: EntryPicture): number => Math.min(60, Math.max(0.1, entry.duration));

function kindOf(entry: EntryPicture): Kind {
  if (entry.gap) return "gap";
  if (entry.slate) return "slate";
  if (entry.state === "waiting") return "waiting";
  return (loadOf(entry) ?? 0) > 1 ? "late" : "stored";
}

export const loadOf = (entry: EntryPicture): number | null =>
  entry.uploadMs === null || entry.duration <= 0 ? null : entry.uploadMs / 1000 / entry.duration;

const KIND_WORDS: Readonly<Record<Kind, string>> = {
  stored: "stored",
  late: "stored, upload slower than its length",
  gap: "gap: missing for viewers",
  slate: "slate",
  waiting: "waits for the store",
};

export function wordsOf(entry: EntryPicture, kind: Kind = kindOf(entry)): string {
  const listed = entry.state === "stored" && kind === "stored" ? "stored, not listed yet" : KIND_WORDS[kind];
  return entry.discontinuity ? `${listed}; discontinuity before it` : listed;
}

export function rowOf(entry: EntryPicture): string[] {
  return [
    String(entry.number),
    seconds(entry.duration),
    entry.storedAt === null ? "–" : clock(entry.storedAt),
    entry.uploadMs === null ? "–" : seconds(entry.uploadMs / 1000),
    wordsOf(entry) + (entry.tries !== null && entry.tries > 1 ? `, ${entry.tries} tries` : ""),
  ];
}

/** For who hears the page instead of seeing it, and for who wants it in one line. */
function summaryOf({ entries }: RenditionPicture): string {
  if (entries.length === 0) return "No segments.";
  const of = (kind: Kind): number => entries.filter((entry) => kindOf(entry) === kind).length;
  const breaks = entries.filter((entry) => entry.discontinuity).length;
  const whole = entries.reduce((sum, entry) => sum + entry.duration, 0);
  const worst = Math.max(0, ...entries.map((entry) => loadOf(entry) ?? 0));
  const parts = [`${plural(entries.length, "segment")}, ${seconds(whole)}`];
  parts.push(of("gap") > 0 ? plural(of("gap"), "gap") : "no gaps");
  if (breaks > 0) parts.push(plural(breaks, "discontinuity", "discontinuities"));
  if (of("slate") > 0) parts.push(`${of("slate")} of the slate`);
  if (of("waiting") > 0) parts.push(`${of("waiting")} waiting for the store`);
  if (worst > 0) parts.push(`slowest upload ${percent(worst)} of its segment's length`);
  return `${parts.join(", ")}.`;
}
