import type { ServerResponse } from "node:http";
import { errorBody } from "../http/errors.js";
import type { Fault } from "./faults.js";
import { cors, sendMalformed, sendSlowly, sendUnderReason, sendWithUnsolicited } from "./raw-faults.js";

/** An answer ready to be sent. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** `undefined`: the connection ended, or is held without an end; there is nothing to send. */
export type Sent = Reply | undefined;

export function jsonReply(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  if (body === undefined) return { status, headers, body: "" };
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
}

/** What a fault does before the operation is carried out. `carryOn`: the operation goes its way. */
export function beforeCommit(fault: Fault | undefined, outgoing: ServerResponse): Sent | "carryOn" {
  switch (fault?.kind) {
    case "refuse":
      return cutOff(outgoing);
    case "reset":
      return fault.when === "before" ? cutOff(outgoing) : "carryOn";
    case "redirect":
      return { status: fault.status ?? 307, headers: { location: fault.location }, body: "" };
    case "answer":
      return fault.commit === true ? "carryOn" : createFaultyReply(fault);
    case "early":
      return createFaultyReply(fault);
    case "stall":
      return fault.at === "headers" && fault.commit === false ? undefined : "carryOn";
    default:
      return "carryOn";
  }
}

/** What a fault makes of the finished answer. */
export function afterCommit(fault: Fault | undefined, outgoing: ServerResponse, reply: Reply): Sent {
  switch (fault?.kind) {
    case "reset":
      return cutOff(outgoing);
    case "answer":
      return createFaultyReply(fault);
    case "stall":
      return fault.at === "headers" ? undefined : sendHalf(outgoing, reply, false);
    case "truncate":
      return sendHalf(outgoing, reply, true);
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
      return sendSlowly(outgoing, reply, fault.everyMs ?? 1_000);
    case "malformed":
      return sendMalformed(outgoing, reply, fault.what);
    case "reason":
      return sendUnderReason(outgoing, reply, fault.phrase);
    case "unsolicited":
      return sendWithUnsolicited(
        outgoing,
        reply,
        jsonReply(fault.status ?? 200, fault.body ?? { object: "unsolicited" }),
      );
    default:
      return reply;
  }
}

function createFaultyReply({ status, headers: given, body }: Extract<Fault, { kind: "answer" | "early" }>): Reply {
  const headers = given ?? {};
  if (body === undefined) return jsonReply(status, errorBody(status, "this answer is a fault"), headers);
  if (typeof body !== "string") return jsonReply(status, body, headers);
  return { status, headers: body === "" ? headers : { "content-type": "text/html", ...headers }, body };
}

/** Ends the connection with a reset, so that the client cannot take it for an orderly end. */
function cutOff(outgoing: ServerResponse): undefined {
  const { socket } = outgoing;
  if (socket !== null) socket.resetAndDestroy();
  return undefined;
}

function sendHalf(outgoing: ServerResponse, { status, headers, body }: Reply, cut: boolean): undefined {
  const bytes = Buffer.from(body);
  outgoing.writeHead(status, {
    ...headers,
    ...cors,
    "content-length": String(bytes.length),
  });
  outgoing.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => {
    if (cut) outgoing.destroy();
  });
  return undefined;
}
