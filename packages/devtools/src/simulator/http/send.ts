import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type { Fault } from "../faults/faults.js";
import type { Reply } from "../faults/response-faults.js";
import type { OpenEntry } from "./request-log.js";

export type ServerEnv = { Bindings: HttpBindings };
export type ApiContext = Context<ServerEnv>;

/** Opens the log entry of a request. */
export type Recorder = (c: ApiContext, operationId: string | undefined, fault: Fault | undefined) => OpenEntry;

const bodiless = new Set([204, 304]);

export function send(entry: OpenEntry, { status, headers, body }: Reply): Response {
  entry.status = status;
  return new Response(bodiless.has(status) ? null : body, { status, headers });
}

/**
 * Signals to the HTTP adapter that the connection was dealt with by hand. A new one each time: the adapter's own constant is one
 * shared object, to which the CORS middleware would add headers.
 */
export function held(): Response {
  return new Response(null, { headers: { "x-hono-already-sent": "true" } });
}
