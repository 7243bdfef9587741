import { html, LitElement, svg, type TemplateResult } from "lit";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { History } from "../model/history";
import { clock, UNKNOWN } from "../words";

export type Series = { label: string };

/** Lines differ by their dashes as well as by their colours. */
const DASHES: readonly number[][] = [[], [7, 4], [2, 3]];
const HEIGHT = 150;
const WHOLE = [1, 10, 100, 1e3, 1e4, 1e5, 1e6].flatMap((power) => [power, 2 * power, 5 * power]);

/** Figures over the time since the page was opened. Beside the picture stand the latest values, or those under the pointer. */
export class Chart extends LitElement {
  static override properties = {
    heading: { attribute: false },
    history: { attribute: false },
    series: { attribute: false },
    words: { attribute: false },
    least: { attribute: false },
    whole: { type: Boolean },
    version: { attribute: false },
    at: { state: true },
  };
  declare heading: string;
  declare history: History;
  declare series: readonly Series[];
  declare words: (value: number) => string;
  /** The scale reaches so far at least: noise about nothing is not to look like a storm. */
  declare least: number;
  /** Of things that are counted: between 2 and 3 there is nothing. */
  declare whole: boolean;
  /** Rises with what is new in the history. */
  declare version: number;
  declare private at: number | null;

  #plot: uPlot | undefined;
  #drawn: History | undefined;
  #width: ResizeObserver | undefined;
  readonly #dark = matchMedia("(prefers-color-scheme: dark)");
  readonly #recolour = (): void => this.#plot?.redraw(false, true);

  constructor() {
    super();
    this.heading = "";
    this.series = [];
    this.words = String;
    this.least = 1;
    this.whole = false;
    this.version = 0;
    this.at = null;
  }

  private get place(): HTMLElement {
    return this.querySelector(".plot") as HTMLElement;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#dark.addEventListener("change", this.#recolour);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#dark.removeEventListener("change", this.#recolour);
    this.#width?.disconnect();
    this.#plot?.destroy();
    this.#width = this.#plot = this.#drawn = undefined;
  }

  protected override render(): TemplateResult {
    const [times] = this.history.columns;
    const index = this.at ?? times.length - 1;
    const time = times[index];
    return html`
      <figure>
        <figcaption>
          <strong>${this.heading}</strong>
          <span class="faint">${this.at === null || time === undefined ? "now" : clock(time * 1000)}</span>
          <span class="keys">
            ${this.series.map((series, at) => {
              const value = this.history.columns[at + 1]?.[index] as number | null | undefined;
              const dash = DASHES[at]?.join(" ") ?? "";
              return html`<span class="key"
                >${svg`<svg viewBox="0 0 24 8" class="stroke-${at + 1}" aria-hidden="true"><path d="M0 4h24" stroke-dasharray=${dash} /></svg>`}${series.label}
                <b>${value === null || value === undefined ? UNKNOWN : this.words(value)}</b></span
              >`;
            })}
          </span>
        </figcaption>
        <div class="plot" role="img" aria-label=${this.#description()}></div>
      </figure>
    `;
  }

  protected override updated(): void {
    if (this.#drawn !== this.history) this.#draw();
    this.#plot?.setData(this.history.columns as unknown as uPlot.AlignedData);
  }

  #draw(): void {
    this.#plot?.destroy();
    this.#width?.disconnect();
    this.#drawn = this.history;
    const ink = (name: string) => () => getComputedStyle(this).getPropertyValue(name);
    const axis: uPlot.Axis = {
      stroke: ink("--faint"),
      grid: { stroke: ink("--line"), width: 1 },
      ticks: { show: false },
      font: "12px system-ui, sans-serif",
    };
    this.#plot = new uPlot(
      {
        width: Math.max(160, this.place.clientWidth),
        height: HEIGHT,
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false } },
        scales: { y: { range: (_, __, most) => [0, Math.max(this.least, most * 1.1)] } },
        axes: [
          { ...axis, space: 70, values: (_, splits) => splits.map((second) => timeOfDay(second, splits)) },
          {
            ...axis,
            ...(this.whole ? { incrs: WHOLE } : {}),
            size: 74,
            space: 36,
            values: (_, splits) => splits.map((value) => this.words(value)),
          },
        ],
        series: [
          {},
          ...this.series.map((series, at) => ({
            label: series.label,
            stroke: ink(`--series-${at + 1}`),
            dash: DASHES[at] ?? [],
            width: 2,
            points: { show: false },
          })),
        ],
        hooks: {
          setCursor: [
            (plot) => {
              this.at = plot.cursor.idx ?? null;
            },
          ],
        },
      },
      this.history.columns as unknown as uPlot.AlignedData,
      this.place,
    );
    this.#width = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry?.contentRect.width ?? 0);
      if (width > 0 && width !== this.#plot?.width) this.#plot?.setSize({ width, height: HEIGHT });
    });
    this.#width.observe(this.place);
  }

  #description(): string {
    const parts = this.series.map((series, at) => {
      const values = (this.history.columns[at + 1] ?? []).filter((value) => value !== null) as number[];
      if (values.length === 0) return `${series.label}: ${UNKNOWN}`;
      let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (const value of values) [least, most] = [Math.min(least, value), Math.max(most, value)];
      return `${series.label}: ${this.words(values.at(-1) as number)} now, ${this.words(least)} to ${this.words(most)} so far`;
    });
    return `${this.heading}. ${parts.join("; ")}.`;
  }
}

function timeOfDay(second: number, splits: number[]): string {
  const words = clock(second * 1000);
  return (splits[1] ?? 0) - (splits[0] ?? 0) < 60 ? words : words.slice(0, 5);
}

customElements.define("spillway-chart", Chart);

declare global {
  interface HTMLElementTagNameMap {
    "spillway-chart": Chart;
  }
}
