import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { cors } from "hono/cors";
import { listenError } from "../../listen-error.js";
import type { Connection } from "../faults/connection.js";
import { distort } from "../faults/distort.js";
import type { Fault, Faults } from "../faults/faults.js";
import { afterCommit, beforeCommit, jsonReply } from "../faults/response-faults.js";
import type { OperationInfo } from "./description.js";
import { type Dispatcher, dispatch, type RawRequest } from "./dispatch.js";
import { errorBody } from "./errors.js";
import { downloadBytes, uploadPart } from "./presigned-urls.js";
import type { OpenEntry, RequestLog } from "./request-log.js";
import { type ApiContext, getConnection, type Recorder, type ServerEnv, send } from "./send.js";

export interface AppParts {
  readonly operations: readonly OperationInfo[];
  /** Names of methods by operation id. */
  readonly methods: Readonly<Record<string, string>>;
  readonly dispatcher: Dispatcher;
  readonly faults: Faults;
  readonly log: RequestLog;
  /** Called before each request. Updates the simulated time if it follows the wall clock. */
  readonly onRequest: () => void;
  /** Adds routes besides those of the API. */
  readonly addRoutes: (app: Hono<ServerEnv>) => void;
}

/** Creates the HTTP app: routes for the description's paths, routes for presigned URLs, and CORS for browsers. */
export function makeApp({
  operations,
  methods,
  dispatcher,
  faults,
  log,
  onRequest,
  addRoutes,
}: AppParts): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  const record: Recorder = (c, operationId, fault) => {
    const operation = operationId === undefined ? undefined : (methods[operationId] ?? operationId);
    const entry = openEntry(c, log.nextNumber(), { operation, operationId }, fault);
    log.add(entry);
    return entry;
  };
  app.use(cors({ origin: "*", exposeHeaders: ["x-request-id", "retry-after", "content-range"] }));
  app.use(async (c, next) => {
    onRequest();
    await next();
    // The header has the simulated time, because callers compare it with the times in the body.
    c.res.headers.set("date", new Date(dispatcher.sim.clock.ms).toUTCString());
  });
  addRoutes(app);
  for (const operation of sortStaticFirst(operations)) {
    app.on(operation.method, honoPath(operation.path), (c) => serve(c, operation, dispatcher, faults, record));
  }
  app.put("/storage/uploads/:image/:part", (c) => uploadPart(c, dispatcher.sim, faults, record));
  app.get("/storage/downloads/:image", (c) => downloadBytes(c, dispatcher.sim, faults, record));
  app.notFound((c) =>
    send(record(c, undefined, undefined), jsonReply(404, errorBody(404, "no operation has this method and path"))),
  );
  app.onError((error) => {
    // An error that reaches this handler is a defect of the simulator and not of the caller, so its stack is returned.
    return new Response(JSON.stringify(errorBody(500, `the simulator failed: ${error.stack ?? error.message}`)), {
      status: 500,
      headers: { "content-type": "application/json" },
    });
  });
  return app;
}

/** Sorts operations so that `/instance_skus/availability` is matched before `/instance_skus/{id}`. */
function sortStaticFirst(operations: readonly OperationInfo[]): OperationInfo[] {
  const holes = ({ path }: OperationInfo) => path.split("{").length;
  return [...operations].sort((a, b) => holes(a) - holes(b));
}

function honoPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ":$1");
}

function openEntry(
  c: ApiContext,
  number: number,
  { operation, operationId }: Pick<OpenEntry, "operation" | "operationId">,
  fault: Fault | undefined,
): OpenEntry {
  const { pathname, search } = new URL(c.req.url);
  return {
    number,
    method: c.req.method,
    path: pathname + search,
    operation,
    operationId,
    idempotencyKey: c.req.header("idempotency-key"),
    authorization: c.req.header("authorization") !== undefined,
    status: undefined,
    committed: false,
    replayed: false,
    fault: fault?.kind,
  };
}

async function serve(
  c: ApiContext,
  operation: OperationInfo,
  dispatcher: Dispatcher,
  faults: Faults,
  record: Recorder,
): Promise<Response> {
  const fault = faults.next(operation);
  const entry = record(c, operation.id, fault);
  const connection = getConnection(c);
  const bodyText = fault?.kind === "refuse" || fault?.kind === "early" ? "" : await c.req.text();
  const early = beforeCommit(fault, connection);
  if (early !== "carryOn") return send(entry, early);

  const { search, origin } = new URL(c.req.url);
  const raw: RawRequest = {
    path: c.req.param() as Record<string, string>,
    search: new URLSearchParams(search),
    authorization: c.req.header("authorization"),
    idempotencyKey: c.req.header("idempotency-key"),
    contentType: c.req.header("content-type"),
    bodyText,
    origin,
  };
  const runOperation = async (own: OpenEntry) => {
    const done = await dispatch(dispatcher, operation, raw, fault?.kind === "lag" ? (fault.writes ?? 1) : 0);
    Object.assign(own, { committed: done.committed, replayed: done.replayed });
    return done;
  };
  if (fault?.kind === "late-commit") {
    connection.onClose(() => void (dispatcher.closing() || runOperation(entry)));
    return connection.hold();
  }
  let outcome = await runOperation(entry);
  if (fault?.kind === "latency") await wait(fault.ms, connection);
  if (fault?.kind === "twice") {
    const second = record(c, operation.id, fault);
    const again = await runOperation(second);
    second.status = again.status;
    if (fault.response === "second") outcome = again;
  }
  const asked = { cursor: c.req.query("starting_after") ?? c.req.query("ending_before"), call: entry.number };
  const body = fault === undefined || outcome.status >= 300 ? outcome.body : distort(fault, outcome.body, asked);
  const reply = afterCommit(
    fault,
    connection,
    jsonReply(outcome.status, body, { "x-request-id": `req_${entry.number}` }),
  );
  if (fault?.kind === "reason" || fault?.kind === "unsolicited") entry.status = outcome.status;
  return send(entry, reply);
}

/** Waits until the time has passed or the connection ends. */
function wait(ms: number, connection: Connection): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    connection.onClose(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Listens on 127.0.0.1 only. */
export function listen(app: Hono<ServerEnv>, port: number): Promise<{ server: Server; url: string }> {
  // By default the adapter replaces the global Request and Response, but a library must not change globals.
  const server = createServer(getRequestListener(app.fetch as never, { overrideGlobalObjects: false }));
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(listenError(port, error.code)));
    server.listen(port, "127.0.0.1", () => {
      resolve({ server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    });
  });
}

/** Closes the server and every connection, including stalled ones. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
