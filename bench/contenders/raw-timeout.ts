/* `raw/` with a time limit for each request. */

// @filename: calls.ts
import type { Connect } from "../../contenders.js";
import { callsWith } from "../raw/calls.js";
import { HttpError, type Input } from "../raw/client.js";

type Send = <T>(method: string, path: string, input?: Input) => Promise<T>;

export const connect: Connect = (baseUrl, token) => callsWith(createClient(baseUrl, token));

/** The client of `raw` with a signal for each request, and a timer that is cleared when the body is read. */
function createClient(baseUrl: string, token: string): Send {
  return async <T>(method: string, path: string, { query, body, key }: Input = {}): Promise<T> => {
    const headers: Record<string, string> = { accept: "application/json", authorization: `Bearer ${token}` };
    if (body !== undefined) headers["content-type"] = "application/json";
    if (key !== undefined) headers["idempotency-key"] = key;
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), 60_000);
    try {
      const response = await fetch(baseUrl + path + (query ? `?${buildQuery(query)}` : ""), {
        method,
        headers,
        signal: controller.signal,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!response.ok) throw new HttpError(response.status, await response.text());
      return (await response.json()) as T;
    } finally {
      clearTimeout(timer);
    }
  };
}

function buildQuery(query: NonNullable<Input["query"]>): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) parts.push(`${name}=${encodeURIComponent(one)}`);
  }
  return parts.join("&");
}
