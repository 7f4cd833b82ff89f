import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import { bodiless, type Connection } from "../faults/connection.js";
import type { Fault } from "../faults/faults.js";
import type { Sent } from "../faults/response-faults.js";
import { SocketConnection } from "../faults/socket-connection.js";
import type { OpenEntry } from "./request-log.js";

/** The environment of a request to the server or to `simulator.fetch`. */
export type ServerEnv = { Bindings: HttpBindings | { readonly connection: Connection } };
export type ApiContext = Context<ServerEnv>;

/** Adds the log entry of a request, which is completed later. */
export type Recorder = (c: ApiContext, operationId: string | undefined, fault: Fault | undefined) => OpenEntry;

export function getConnection({ env }: ApiContext): Connection {
  return "connection" in env ? env.connection : new SocketConnection(env.incoming, env.outgoing);
}

export function send(entry: OpenEntry, sent: Sent): Response {
  if (sent instanceof Response) return sent;
  const { status, headers, body } = sent;
  entry.status = status;
  return new Response(bodiless.has(status) ? null : body, { status, headers });
}
