/** One moment of a stream, for the charts. null: not known then. */
export type Sample = readonly (number | null)[];

const MOST = 2400;

/** Seconds by which a sample may be early: the server's second is not exact. */
const JITTER = 0.25;

/**
 * What the page has seen since it was opened, within a bounded room: when it is full every second sample goes and those to come are
 * taken half as often. So the whole evening stays in sight, the older the coarser it need not be: evenly.
 */
export class History {
  /** Seconds since 1970, then one column for each series: as uPlot takes them. */
  readonly columns: [number[], ...(number | null)[][]];

  /** Seconds between two samples at least. */
  #step: number;

  constructor(series: number, step = 1) {
    this.#step = step;
    this.columns = [[], ...Array.from({ length: series }, () => [] as (number | null)[])];
  }

  get length(): number {
    return this.columns[0].length;
  }

  /** @returns Whether it was taken. */
  add(time: number, sample: Sample): boolean {
    const last = this.columns[0].at(-1);
    // A clock that was set back would break the charts, which need rising times.
    if (last !== undefined && time < last + this.#step - JITTER) return false;
    if (this.length >= MOST) this.#thin();
    this.columns[0].push(time);
    const [, ...lines] = this.columns;
    for (const [series, line] of lines.entries()) line.push(sample[series] ?? null);
    return true;
  }

  /** A break in the lines: nothing was heard meanwhile. */
  breakAt(time: number): void {
    this.add(time, []);
  }

  #thin(): void {
    for (const column of this.columns as (number | null)[][]) {
      let kept = 0;
      for (let at = 0; at < column.length; at += 2) column[kept++] = column[at] ?? null;
      column.length = kept;
    }
    this.#step *= 2;
  }
}

/** Seconds: reports come each half minute, so anything shorter would show their rhythm and not the audience's. */
const MEAN_OF = 60;
const FIRST_AFTER = 5;

/** How fast a counter rises: the mean of the last minute. */
export class Rate {
  #looks: { time: number; value: number }[] = [];

  /** @returns Per second; null at first, when nobody knows, and when the counter began anew. */
  next(time: number, value: number | null | undefined): number | null {
    const last = this.#looks.at(-1);
    if (value === null || value === undefined) {
      this.reset();
      return null;
    }
    if (last !== undefined && (time <= last.time || value < last.value)) this.reset();
    this.#looks.push({ time, value });
    while ((this.#looks[1]?.time ?? time) <= time - MEAN_OF) this.#looks.shift();
    const first = this.#looks[0] as { time: number; value: number };
    return time - first.time < FIRST_AFTER ? null : (value - first.value) / (time - first.time);
  }

  reset(): void {
    this.#looks = [];
  }
}
