import type { OpenEntry } from "./request-log.js";
import type { Reply } from "./wire-faults.js";

const bodiless = new Set([204, 304]);

export function send(entry: OpenEntry, { status, headers, body }: Reply): Response {
  entry.status = status;
  return new Response(bodiless.has(status) ? null : body, { status, headers });
}

/**
 * Tells the HTTP adapter that the connection was dealt with by hand. A new one each time: the adapter's own constant is one
 * shared object, to which the CORS middleware would add headers.
 */
export function held(): Response {
  return new Response(null, { headers: { "x-hono-already-sent": "true" } });
}
