import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Reply } from "./response-faults.js";

/** Responses that are written byte by byte, because no HTTP library would send them. Each returns `undefined`: there is nothing left to send. */

export type Malformation = "protocol" | "status-line" | "header" | "length" | "chunk";

/** One byte, and another one after each wait, until all are sent or the connection ends. */
export function sendSlowly(outgoing: ServerResponse, { status, headers, body }: Reply, everyMs: number): undefined {
  const bytes = Buffer.from(body);
  outgoing.writeHead(status, { ...headers, ...cors, ...lengthOf(status, bytes) });
  outgoing.flushHeaders();
  let sent = 0;
  const next = () => {
    if (sent === bytes.length) return finish();
    outgoing.write(bytes.subarray(sent, ++sent));
  };
  const timer = setInterval(next, everyMs);
  const finish = () => {
    clearInterval(timer);
    outgoing.end();
  };
  outgoing.once("close", () => clearInterval(timer));
  next();
  return undefined;
}

export function sendMalformed(outgoing: ServerResponse, reply: Reply, what: Malformation): undefined {
  const { body } = reply;
  const line = statusLine(reply);
  const texts: Readonly<Record<Malformation, string>> = {
    protocol: "SSH-2.0-OpenSSH_9.6\r\n",
    "status-line": "HTTP/1.1 OK 200\r\ncontent-length: 0\r\n\r\n",
    header: `${line}no colon\r\n\r\n${body}`,
    length: `${line}content-length: ${body.length}\r\ncontent-length: ${body.length + 1}\r\n\r\n${body}`,
    chunk: `${line}transfer-encoding: chunked\r\n\r\nzz\r\n${body}\r\n`,
  };
  outgoing.socket?.write(texts[what]);
  return undefined;
}

export function sendUnderReason(outgoing: ServerResponse, reply: Reply, phrase: string): undefined {
  // The adapter thinks that the response is still to come, so nothing may follow on this connection.
  outgoing.socket?.end(raw(reply, statusLine(reply, phrase), { ...cors, connection: "close" }));
  return undefined;
}

/** In one piece, so that both are there before the client can send its next request on this connection. */
export function sendWithUnsolicited(outgoing: ServerResponse, reply: Reply, unsolicited: Reply): undefined {
  const { socket } = outgoing;
  socket?.cork();
  const bytes = Buffer.from(reply.body);
  outgoing.writeHead(reply.status, { ...reply.headers, ...cors, ...lengthOf(reply.status, bytes) });
  outgoing.end(bytes);
  socket?.write(raw(unsolicited, statusLine(unsolicited)));
  socket?.uncork();
  return undefined;
}

/** As the CORS middleware sets it for what is sent in the usual way. */
export const cors: Readonly<Record<string, string>> = { "access-control-allow-origin": "*" };

const bodiless = new Set([204, 304]);

function lengthOf(status: number, bytes: Buffer): Record<string, string> {
  return bodiless.has(status) ? {} : { "content-length": String(bytes.length) };
}

function statusLine({ status }: Reply, reason: string = STATUS_CODES[status] ?? ""): string {
  return `HTTP/1.1 ${status} ${reason}\r\n`;
}

function raw({ status, headers, body }: Reply, line: string, more: Readonly<Record<string, string>> = {}): string {
  const all = { ...headers, ...more, ...lengthOf(status, Buffer.from(body)) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line}${lines.join("")}\r\n${bodiless.has(status) ? "" : body}`;
}
