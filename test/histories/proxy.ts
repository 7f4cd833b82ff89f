/** The network between the client processes and the simulator: an HTTP proxy that applies the planned fault to each request. */
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { Fault } from "./faults.js";
import { headers } from "./messages.js";

/** A request that a client has sent. */
export interface Sent {
  readonly process: number;
  /** Counts the starts of the process. */
  readonly life: number;
  readonly step: string;
  /** The number of the request within its process. */
  readonly request: number;
  readonly dateMs: number;
  readonly method: string;
  readonly path: string;
}

/** Decides about requests, and is notified about them. */
export interface Operator {
  onRequest(sent: Sent): Fault | undefined;
  /** Called before a request reaches the simulator. */
  onDeliver(sent: Sent): void;
  /** Called when there will be no response, or only after this time on the client's clock. */
  onSilence(sent: Sent, ms?: number): void;
  kill(sent: Sent): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export class FaultyProxy {
  readonly #target: URL;
  readonly #operator: Operator;
  readonly #agent = new Agent({ keepAlive: false });
  readonly #server = createServer((incoming, outgoing) => void this.#serve(incoming, outgoing));
  /** The functions that release held responses, by process and request. */
  readonly #held = new Map<string, () => void>();
  /** The last response to each read. */
  readonly #earlier = new Map<string, Reply>();
  /** The page that contained a cursor, by step and cursor. */
  readonly #pages = new Map<string, Reply>();
  /** Deliveries that have not ended. */
  readonly #deliveries = new Set<Promise<unknown>>();

  constructor(target: string, operator: Operator) {
    this.#target = new URL(target);
    this.#operator = operator;
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Releases the response to this request, because the client has waited long enough. */
  release(process: number, number: number): void {
    this.#held.get(`${process} ${number}`)?.();
  }

  /** Resolves when no sent request can change anything anymore. */
  async drained(): Promise<void> {
    while (this.#deliveries.size > 0) await Promise.all(this.#deliveries);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.drained();
    this.#agent.destroy();
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await readAll(incoming).catch(() => undefined);
    // The client gave up or was killed before its request was complete.
    if (body === undefined) return;
    const sent = readSent(incoming);
    const fault = this.#operator.onRequest(sent);
    const deliver = () => this.#deliver(sent, incoming, body);
    switch (fault?.kind) {
      case undefined:
        return respond(outgoing, await deliver());
      case "drop":
        return void outgoing.destroy();
      case "reset":
        await deliver();
        return void outgoing.destroy();
      case "refuse": {
        const retry = { "retry-after": String(fault.retryAfter) };
        return respond(outgoing, {
          ...problem(fault.status),
          headers: { ...retry, "content-type": "application/json" },
        });
      }
      case "gateway":
        await deliver();
        return respond(outgoing, problem(fault.status));
      case "duplicate": {
        const first = await deliver();
        // drained() waits for this delivery before the run ends.
        void deliver();
        return respond(outgoing, first);
      }
      case "late":
        outgoing.once("close", () => void deliver());
        return this.#operator.onSilence(sent);
      case "stale":
        return respond(outgoing, this.#earlier.get(sent.path) ?? (await deliver()));
      case "loop":
        return respond(outgoing, this.#pageBefore(sent) ?? (await deliver()));
      case "stall":
        if (fault.delivered) await deliver();
        return this.#operator.onSilence(sent);
      case "kill":
        if (fault.delivered) await deliver();
        return this.#operator.kill(sent);
      case "delay": {
        const reply = await deliver();
        return this.#hold(sent, outgoing, fault.ms, () => respond(outgoing, reply));
      }
      case "drip":
      case "truncate": {
        const reply = await deliver();
        const half = reply.body.length >> 1;
        outgoing.writeHead(reply.status, { ...passed(reply.headers), "content-length": reply.body.length });
        // Without a body, only the headers can be late.
        if (half > 0) await new Promise((resolve) => outgoing.write(reply.body.subarray(0, half), resolve));
        if (fault.kind === "truncate") return void outgoing.destroy();
        return this.#hold(sent, outgoing, fault.ms, () => outgoing.end(reply.body.subarray(half)));
      }
    }
  }

  #hold(sent: Sent, outgoing: ServerResponse, ms: number, release: () => void): void {
    const key = `${sent.process} ${sent.request}`;
    outgoing.once("close", () => this.#held.delete(key));
    this.#held.set(key, release);
    this.#operator.onSilence(sent, ms);
  }

  async #deliver(sent: Sent, incoming: IncomingMessage, body: Buffer): Promise<Reply> {
    this.#operator.onDeliver(sent);
    const delivery = this.#forward(incoming, body);
    this.#deliveries.add(delivery);
    try {
      const reply = await delivery;
      if (sent.method === "GET" && reply.status === 200) this.#keep(sent, reply);
      return reply;
    } finally {
      this.#deliveries.delete(delivery);
    }
  }

  #keep(sent: Sent, reply: Reply): void {
    this.#earlier.set(sent.path, reply);
    const cursor = readCursor(reply);
    if (cursor !== undefined) this.#pages.set(`${sent.step} ${cursor}`, reply);
  }

  #pageBefore({ step, path }: Sent): Reply | undefined {
    const cursor = new URL(path, this.#target).searchParams.get("starting_after");
    return cursor === null ? undefined : this.#pages.get(`${step} ${cursor}`);
  }

  #forward(incoming: IncomingMessage, body: Buffer): Promise<Reply> {
    const { method, url, rawHeaders } = incoming;
    const { hostname, port } = this.#target;
    // The host header is unchanged, so that presigned URLs lead through this proxy too.
    const framing = ["connection", "transfer-encoding", "content-length", "expect"];
    const pairs = rawHeaders.flatMap((name, i) => {
      const skipped = i % 2 === 1 || framing.includes(name.toLowerCase());
      return skipped ? [] : [[name, rawHeaders[i + 1] ?? ""] as const];
    });
    const headers = { ...Object.fromEntries(pairs), "content-length": String(body.length) };
    return new Promise((resolve, reject) => {
      const outgoing = request({ agent: this.#agent, hostname, port, method, path: url, headers }, (response) => {
        readAll(response).then(
          (bytes) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: bytes }),
          reject,
        );
      });
      outgoing.once("error", reject);
      outgoing.end(body);
    });
  }
}

/** The cursor of a page, unless it is the last page. */
function readCursor({ headers: given, body }: Reply): string | undefined {
  if (!given["content-type"]?.includes("json")) return undefined;
  const { has_more, cursor } = JSON.parse(body.toString()) as { has_more?: boolean; cursor?: string | null };
  return has_more === true && cursor ? cursor : undefined;
}

function respond(outgoing: ServerResponse, { status, headers: given, body }: Reply): void {
  if (outgoing.destroyed) return;
  const bodyless = status === 204 || status === 304;
  outgoing.writeHead(status, { ...passed(given), ...(!bodyless && { "content-length": body.length }) });
  outgoing.end(bodyless ? undefined : body);
}

function passed(given: IncomingHttpHeaders): IncomingHttpHeaders {
  const { connection, "transfer-encoding": _, "content-length": _length, "keep-alive": _alive, ...rest } = given;
  return rest;
}

function problem(status: number): Reply {
  const error = { type: "api_error", message: "the gateway does not reach the service" };
  return { status, headers: { "content-type": "application/json" }, body: Buffer.from(JSON.stringify({ error })) };
}

function readSent({ method = "GET", url = "/", headers: given }: IncomingMessage): Sent {
  return {
    process: Number(given[headers.process]),
    life: Number(given[headers.life]),
    step: String(given[headers.step]),
    request: Number(given[headers.request]),
    dateMs: Number(given[headers.clock]),
    method,
    path: url,
  };
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
