/** What came of a request that was sent before the player's code was there. Times in milliseconds, by the page's clock. */
export type EarlyAnswer = {
  response: Response;
  body: ArrayBuffer;
  begun: number;
  first: number;
  end: number;
};

type Asked = { answer: Promise<EarlyAnswer>; begun: number };

/** Milliseconds after which an answer is too old to be used: a live playlist has changed by then. */
const FRESH = 3_000;
/** Nobody has wanted it until now, and nobody will. */
const KEPT = 10_000;

/** Requests that are sent ahead of the player, by address. Each is given out once; what nobody takes is forgotten. */
export class EarlyRequests {
  private readonly asked = new Map<string, Asked>();

  constructor(
    private readonly fetch: (url: string) => Promise<Response> = (url) => globalThis.fetch(url),
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** @throws The request failed, or was not answered with 200. */
  ask(url: URL): Promise<EarlyAnswer> {
    const begun = this.now();
    const answer = this.send(url.href, begun);
    // Whoever takes it hears of the failure, and asks again.
    answer.catch(() => {});
    this.asked.set(url.href, { answer, begun });
    setTimeout(() => this.forget(url.href, answer), KEPT);
    return answer;
  }

  /** The request for an address that is under way or answered; undefined when there is none, or none that is fresh. */
  take(url: string): Promise<EarlyAnswer> | undefined {
    const asked = this.asked.get(url);
    this.asked.delete(url);
    return asked !== undefined && this.now() - asked.begun < FRESH ? asked.answer : undefined;
  }

  private forget(url: string, answer: Promise<EarlyAnswer>): void {
    if (this.asked.get(url)?.answer === answer) this.asked.delete(url);
  }

  private async send(url: string, begun: number): Promise<EarlyAnswer> {
    const response = await this.fetch(url);
    const first = this.now();
    if (response.status !== 200) throw new Error(`HTTP ${response.status}`);
    const body = await response.arrayBuffer();
    return { response, body, begun, first, end: this.now() };
  }
}

/** The page's own. */
export const early = new EarlyRequests();
