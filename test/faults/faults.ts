import { deliveryFaults } from "./delivery-faults.js";
import type { Fault, Stage } from "./fault.js";
import { protocolFaults } from "./protocol-faults.js";

/** The date at which a test's clock starts. Dates in `Retry-After` are relative to it. */
export const startsAt = Date.UTC(2026, 0, 5, 12, 0, 0);

const html = "<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>";
const inHtml = { "content-type": "text/html; charset=utf-8" };
const inJson = { "content-type": "application/json" };

/** Everything that can go wrong between a client and this service, once each. */
export const faults: readonly Fault[] = [
  { name: "connection refused", commits: false, shows: { as: "refusal" }, play: "refuse" },
  { name: "reset before the body is read", commits: false, early: true, shows: { as: "break" }, play: reset },
  { name: "reset after commit", commits: true, shows: { as: "break" }, play: reset },
  ...beforeAndAfterCommit(status("408", 408)),
  status("429", 429),
  status("429, Retry-After 2 s", 429, { "retry-after": "2" }, 2_000),
  ...beforeAndAfterCommit(status("500", 500)),
  { ...status("500, empty body", 500), play: ({ response }) => response.writeHead(500).end() },
  ...beforeAndAfterCommit({
    ...status("502, HTML", 502),
    play: ({ response }) => response.writeHead(502, inHtml).end(html),
  }),
  ...beforeAndAfterCommit(status("503", 503)),
  status("503, Retry-After digits", 503, { "retry-after": "7" }, 7_000),
  status("503, Retry-After date", 503, { "retry-after": new Date(startsAt + 11_000).toUTCString() }, 11_000),
  status("503, Retry-After absurd", 503, { "retry-after": "99999999999999999999" }, 1e23),
  status("503, Retry-After garbage", 503, { "retry-after": "soon, we hope" }),
  { ...status("504 after commit", 504), commits: true },
  { name: "stall before headers", commits: true, shows: { as: "silence" }, play: (stage) => stage.stalled() },
  { name: "stall in mid-body", commits: true, shows: { as: "silence" }, play: stallInBody },
  { name: "truncated JSON", commits: true, shows: { as: "garble" }, play: truncateJson },
  { name: "truncated HTTP body", commits: true, shows: { as: "break" }, play: truncateHttp },
  {
    name: "HTML with 200",
    commits: false,
    shows: { as: "garble" },
    play: ({ response }) => response.writeHead(200, inHtml).end(html),
  },
  {
    name: "empty body with 200",
    commits: true,
    shows: { as: "nothing" },
    play: ({ response }) => response.writeHead(200, inJson).end(),
  },
  { ...status("403, empty body", 403), play: ({ response }) => response.writeHead(403).end() },
  redirect("redirect to another origin", 307, false),
  redirect("redirect to another origin after commit", 303, true),
  { name: "idle socket closed", commits: true, shows: { as: "success" }, play: closeIdleSocket },
  { name: "extra fields and values", commits: true, shows: { as: "success" }, play: replyWithMore },
  ...protocolFaults,
  ...deliveryFaults,
];

export function faultNamed(name: string): Fault {
  const fault = faults.find((candidate) => candidate.name === name);
  if (fault === undefined) throw new Error(`there is no fault "${name}"`);
  return fault;
}

function status(name: string, code: number, headers: Record<string, string> = {}, retryAfterMs?: number): Fault {
  const body = JSON.stringify({ error: { type: "api_error", message: `returned ${code} on purpose` } });
  return {
    name,
    commits: false,
    shows: { as: "status", status: code, ...(retryAfterMs !== undefined && { retryAfterMs }) },
    play: ({ response }) => response.writeHead(code, { ...inJson, ...headers }).end(body),
  };
}

/** An error status of a gateway or a crash may come before or after the commit. */
function beforeAndAfterCommit(fault: Fault): Fault[] {
  return [fault, { ...fault, name: `${fault.name} after commit`, commits: true }];
}

function redirect(name: string, code: number, commits: boolean): Fault {
  return {
    name,
    commits,
    shows: { as: "status", status: code },
    play: ({ response, elsewhere }) =>
      response.writeHead(code, { location: `${elsewhere}/?X-Amz-Signature=s3cr3t` }).end(),
  };
}

function reset({ request }: Stage): void {
  request.socket.resetAndDestroy();
}

/** The server reports no stall here, because only the client knows when it has received the headers. */
function stallInBody({ response, reply }: Stage): void {
  const body = JSON.stringify(reply.body ?? { object: "nothing" });
  response.writeHead(200, { ...inJson, "content-length": Buffer.byteLength(body) });
  response.write(body.slice(0, body.length / 2));
}

function truncateJson({ response, reply }: Stage): void {
  const body = JSON.stringify(reply.body ?? { object: "nothing" });
  response.writeHead(200, inJson).end(body.slice(0, -3));
}

function truncateHttp({ request, response, reply }: Stage): void {
  const body = JSON.stringify(reply.body ?? { object: "nothing" });
  response.writeHead(200, { ...inJson, "content-length": Buffer.byteLength(body) + 99 });
  response.write(body, () => request.socket.destroy());
}

/** Announces keep-alive and then closes the connection, so that a later request may use a socket that is closing. */
function closeIdleSocket(stage: Stage): void {
  const { socket } = stage.request;
  stage.response.on("finish", () => setImmediate(() => socket.destroy()));
  replyProperly(stage);
}

function replyWithMore({ response, reply }: Stage): void {
  const more = { generation: 2, status: "a status of next year", nested: { unheard: [1, null] } };
  const body = reply.body && { ...reply.body, ...more };
  send(response, { status: reply.status, body });
}

/** Responds as a correct service does. */
export function replyProperly({ response, reply }: Pick<Stage, "response" | "reply">): void {
  send(response, reply);
}

function send(response: Stage["response"], { status, body }: Stage["reply"]): void {
  if (body === undefined) response.writeHead(status).end();
  else response.writeHead(status, inJson).end(JSON.stringify(body));
}
