/** What the server said to a request: its answer, or why there is none, in words for the operator. */
export type Answer<T> = { ok: true; value: T } | { ok: false; status: number; words: string };

const ROOT = "/api/v1";
const PATIENCE = 15_000;

/** Says that the request comes from this page: other sites' forms cannot set it. */
const OWN = { "X-Spillway": "dashboard" };

export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** @param path Below /api/v1, beginning with a slash. */
export async function ask<T>(method: Method, path: string, body?: unknown): Promise<Answer<T>> {
  let response: Response;
  try {
    response = await fetch(ROOT + path, {
      method,
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      headers: {
        ...(method === "GET" ? {} : OWN),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      signal: AbortSignal.timeout(PATIENCE),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    return { ok: false, status: 0, words: "The server does not answer." };
  }
  const text = await response.text().catch(() => "");
  let value: unknown;
  try {
    value = text === "" ? undefined : JSON.parse(text);
  } catch {
    // Not from Spillway: a proxy's page.
    return {
      ok: false,
      status: response.status,
      words: `Something between this page and Spillway answered with ${response.status}, not Spillway itself.`,
    };
  }
  if (response.ok) return { ok: true, value: value as T };
  return {
    ok: false,
    status: response.status,
    words: errorOf(value) ?? `The server answered ${response.status}.`,
  };
}

function errorOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !("error" in value)) return undefined;
  return typeof value.error === "string" ? value.error : undefined;
}

/** Of names of streams and broadcasts. */
export const segment = (name: string): string => encodeURIComponent(name);
