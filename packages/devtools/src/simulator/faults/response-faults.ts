import { errorBody } from "../http/errors.js";
import type { Connection, Reply } from "./connection.js";
import type { Fault } from "./faults.js";

/** A reply to send, or the result of a connection that handled the request itself. */
export type Sent = Reply | Response;

export function jsonReply(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  if (body === undefined) return { status, headers, body: "" };
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
}

/** Applies a fault before the operation is executed. Returns `carryOn` when the operation is to be executed. */
export function beforeCommit(fault: Fault | undefined, connection: Connection): Sent | "carryOn" {
  switch (fault?.kind) {
    case "refuse":
      return connection.cutOff();
    case "reset":
      return fault.when === "before" ? connection.cutOff() : "carryOn";
    case "redirect":
      return { status: fault.status ?? 307, headers: { location: fault.location }, body: "" };
    case "answer":
      return fault.commit === true ? "carryOn" : createFaultyReply(fault);
    case "early":
      return createFaultyReply(fault);
    case "stall":
      return fault.at === "headers" && fault.commit === false ? connection.hold() : "carryOn";
    default:
      return "carryOn";
  }
}

/** Applies a fault to the finished reply. */
export function afterCommit(fault: Fault | undefined, connection: Connection, reply: Reply): Sent {
  switch (fault?.kind) {
    case "reset":
      return connection.cutOff();
    case "answer":
      return createFaultyReply(fault);
    case "stall":
      return fault.at === "headers" ? connection.hold() : sendHalf(connection, reply, "hold");
    case "truncate":
      return sendHalf(connection, reply, "cut");
    case "half-json":
      return { ...reply, body: reply.body.slice(0, Math.floor(reply.body.length / 2)) };
    case "not-json":
      return {
        ...reply,
        headers: { "content-type": "text/html" },
        body: fault.body ?? "<html><body>Welcome</body></html>",
      };
    case "close":
      return { ...reply, headers: { ...reply.headers, connection: "close" } };
    case "drip":
      return connection.sendSlowly(reply, fault.everyMs ?? 1_000);
    case "malformed":
      return connection.sendMalformed(reply, fault.what);
    case "reason":
      return connection.sendUnderReason(reply, fault.phrase);
    case "unsolicited":
      return connection.sendWithUnsolicited(
        reply,
        jsonReply(fault.status ?? 200, fault.body ?? { object: "unsolicited" }),
      );
    default:
      return reply;
  }
}

function createFaultyReply({ status, headers: given, body }: Extract<Fault, { kind: "answer" | "early" }>): Reply {
  const headers = given ?? {};
  if (body === undefined) return jsonReply(status, errorBody(status, "this response is a fault"), headers);
  if (typeof body !== "string") return jsonReply(status, body, headers);
  return { status, headers: body === "" ? headers : { "content-type": "text/html", ...headers }, body };
}

function sendHalf(connection: Connection, { status, headers, body }: Reply, then: "hold" | "cut"): Response {
  const bytes = Buffer.from(body);
  const half = bytes.subarray(0, Math.floor(bytes.length / 2));
  const head = { status, headers: { ...headers, "content-length": String(bytes.length) } };
  return connection.sendPart(head, oneChunk(half), then);
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
