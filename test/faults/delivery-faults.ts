import type { Operation } from "../../src/operation.js";
import type { Fault, Stage } from "./fault.js";

/** Faults in the delivery of a whole request or response: too early, too late, twice, or from a replica that lags. */

const inJson = { "content-type": "application/json" };
const errorBody = (type: string) => JSON.stringify({ error: { type, message: "on purpose" } });

export const deliveryFaults: readonly Fault[] = [
  {
    name: "503 before the body is read",
    commits: false,
    early: true,
    shows: { as: "status", status: 503 },
    play: ({ response }) => response.writeHead(503, inJson).end(errorBody("service_unavailable")),
  },
  {
    name: "413 before the body is read, then closed",
    commits: false,
    early: true,
    shows: { as: "status", status: 413 },
    play: ({ response }) => response.writeHead(413, { connection: "close" }).end(),
  },
  {
    name: "commit after the client gave up",
    commits: "late, before the next request",
    shows: { as: "silence" },
    play: (stage) => stage.stalled(),
  },
  {
    name: "commit after the client gave up and tried again",
    commits: "late, after the next request",
    shows: { as: "silence" },
    play: (stage) => stage.stalled(),
  },
  {
    name: "delivered twice",
    commits: true,
    delivers: "twice, first response",
    shows: { as: "success" },
    appliesTo: isRepeatable,
    play: respond,
  },
  {
    name: "delivered twice, the second response comes back",
    commits: true,
    delivers: "twice, second response",
    shows: { as: "success" },
    // A second DELETE gets 404, which a client cannot distinguish from a resource that never existed.
    appliesTo: (operation) => isRepeatable(operation) && isSame(operation),
    play: respond,
  },
  {
    name: "delivered twice, no response comes back",
    commits: true,
    delivers: "twice, second response",
    shows: { as: "break" },
    appliesTo: isRepeatable,
    play: ({ request }) => request.socket.resetAndDestroy(),
  },
  {
    name: "404 from a copy that lags behind the write",
    commits: false,
    shows: { as: "status", status: 404 },
    appliesTo: ({ retry, paging, path }) => retry === "read" && paging === undefined && path.includes("{"),
    play: ({ response }) => response.writeHead(404, inJson).end(errorBody("not_found")),
  },
];

/** An unsafe operation is not repeatable: when the network delivers it twice, it has two effects, whatever the client does. */
function isRepeatable({ retry }: Operation): boolean {
  return retry !== "unsafe";
}

/** Whether the second of two equal requests gets the same response as the first. */
function isSame({ retry, method }: Operation): boolean {
  return retry !== "absolute" || method === "PUT" || method === "PATCH";
}

function respond({ response, reply: { status, body } }: Stage): void {
  if (body === undefined) response.writeHead(status).end();
  else response.writeHead(status, inJson).end(JSON.stringify(body));
}
