import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import { bodiless, type Connection, handledResponse, type Malformation, type Reply } from "./connection.js";

/** A connection of the server. Responses that an HTTP library would not send are written to its socket directly. */
export class SocketConnection implements Connection {
  readonly body: AsyncIterable<Uint8Array>;
  readonly #outgoing: ServerResponse;

  constructor(incoming: IncomingMessage, outgoing: ServerResponse) {
    this.body = incoming;
    this.#outgoing = outgoing;
  }

  onClose(listener: () => void): void {
    this.#outgoing.once("close", listener);
  }

  cutOff(): Response {
    this.#outgoing.socket?.resetAndDestroy();
    return handledResponse();
  }

  hold(): Response {
    return handledResponse();
  }

  sendPart({ status, headers }: Omit<Reply, "body">, bytes: AsyncIterable<Uint8Array>, then: "hold" | "cut"): Response {
    this.#outgoing.writeHead(status, { ...headers, ...cors });
    void this.#write(bytes, then);
    return handledResponse();
  }

  async #write(bytes: AsyncIterable<Uint8Array>, then: "hold" | "cut"): Promise<void> {
    for await (const chunk of bytes) await new Promise((done) => this.#outgoing.write(chunk, done));
    if (then === "cut") this.#outgoing.destroy();
  }

  sendSlowly({ status, headers, body }: Reply, everyMs: number): Response {
    const outgoing = this.#outgoing;
    const bytes = Buffer.from(body);
    outgoing.writeHead(status, { ...headers, ...cors, ...byteLength(status, bytes) });
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
    return handledResponse();
  }

  sendMalformed(reply: Reply, what: Malformation): Response {
    const { body } = reply;
    const line = statusLine(reply);
    const texts: Readonly<Record<Malformation, string>> = {
      protocol: "SSH-2.0-OpenSSH_9.6\r\n",
      "status-line": "HTTP/1.1 OK 200\r\ncontent-length: 0\r\n\r\n",
      header: `${line}no colon\r\n\r\n${body}`,
      length: `${line}content-length: ${body.length}\r\ncontent-length: ${body.length + 1}\r\n\r\n${body}`,
      chunk: `${line}transfer-encoding: chunked\r\n\r\nzz\r\n${body}\r\n`,
    };
    this.#outgoing.socket?.write(texts[what]);
    return handledResponse();
  }

  sendUnderReason(reply: Reply, phrase: string): Response {
    // The adapter does not know that the response was sent, so the connection is closed and nothing else can follow on it.
    this.#outgoing.socket?.end(raw(reply, statusLine(reply, phrase), { ...cors, connection: "close" }));
    return handledResponse();
  }

  sendWithUnsolicited(reply: Reply, unsolicited: Reply): Response {
    const { socket } = this.#outgoing;
    socket?.cork();
    const bytes = Buffer.from(reply.body);
    this.#outgoing.writeHead(reply.status, { ...reply.headers, ...cors, ...byteLength(reply.status, bytes) });
    this.#outgoing.end(bytes);
    socket?.write(raw(unsolicited, statusLine(unsolicited)));
    socket?.uncork();
    return handledResponse();
  }
}

/** The header that the CORS middleware sets on ordinary responses. */
const cors: Readonly<Record<string, string>> = { "access-control-allow-origin": "*" };

function byteLength(status: number, bytes: Buffer): Record<string, string> {
  return bodiless.has(status) ? {} : { "content-length": String(bytes.length) };
}

function statusLine({ status }: Reply, reason: string = STATUS_CODES[status] ?? ""): string {
  return `HTTP/1.1 ${status} ${reason}\r\n`;
}

function raw({ status, headers, body }: Reply, line: string, more: Readonly<Record<string, string>> = {}): string {
  const all = { ...headers, ...more, ...byteLength(status, Buffer.from(body)) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line}${lines.join("")}\r\n${bodiless.has(status) ? "" : body}`;
}
