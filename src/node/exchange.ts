import { type ClientRequest, type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import { broken, refused } from "./failure.js";
import { headerIn } from "./header-lines.js";
import { aheadBytes, IncomingBody } from "./incoming-body.js";
import { NodeResponse } from "./node-response.js";
import type { Outgoing } from "./outgoing.js";
import { pump } from "./pump.js";
import { packingsOf, unpacked } from "./unpack.js";

/** How an exchange ends. Each is called at most once, but for `over`, which comes after the others. */
export interface Ends {
  /** The headers are here; the body may follow. */
  answered(response: Response): void;
  failed(error: unknown): void;
  /** The connection is free, with the server's word on how long it may be kept, or destroyed. */
  over(socket: Socket, keepAlive: string | undefined): void;
  /** Neither needs the other any more: the body is complete, failed or given up. */
  settled(): void;
}

/** One request and its answer on a connection. */
export class Exchange {
  readonly #socket: Socket;
  readonly #outgoing: Outgoing;
  readonly #ends: Ends;
  readonly #request: ClientRequest;
  #incoming: IncomingMessage | undefined;
  #body: IncomingBody | undefined;
  #state: "waiting" | "answered" | "settled" = "waiting";
  /** The connection may be somebody else's by now. */
  #isOver = false;

  constructor(socket: Socket, outgoing: Outgoing, ends: Ends) {
    this.#socket = socket;
    this.#outgoing = outgoing;
    this.#ends = ends;
    this.#request = requestOn(socket, outgoing);
    this.#request.on("response", (incoming) => this.#answered(incoming));
    this.#request.on("error", (error) => this.#fail(broken(error)));
    this.#request.on("close", () => this.#over());
    this.#send();
  }

  /** Ends it for a reason of the caller's. */
  end(reason: unknown): void {
    if (this.#state === "settled") return;
    this.#fail(reason);
    this.#destroy();
  }

  #send(): void {
    const { content, length } = this.#outgoing;
    if (!(content instanceof ReadableStream)) {
      this.#request.end(content);
      return;
    }
    pump(content, this.#request, length).catch((error: unknown) => {
      this.#fail(new TypeError("fetch failed", { cause: error }));
      this.#destroy();
    });
  }

  #answered(incoming: IncomingMessage): void {
    this.#incoming = incoming;
    // What goes wrong after the end of a body is nobody's affair; an error without a listener would end the process.
    incoming.on("error", () => undefined);
    if (this.#state !== "waiting") return void incoming.resume();
    const { statusCode: status = 0, statusMessage: statusText = "", rawHeaders: lines } = incoming;
    const head = { url: this.#outgoing.url.href, status, statusText, lines };
    this.#state = "answered";
    if (this.#outgoing.method === "HEAD" || bodiless.includes(status))
      incoming.on("end", () => this.#settle()).resume();
    else this.#body = this.#bodyOf(incoming);
    const response = new NodeResponse(head, this.#body);
    if (this.#body !== undefined && !isShort(incoming)) this.#body.endWith(response);
    this.#ends.answered(response);
  }

  #bodyOf(incoming: IncomingMessage): IncomingBody {
    const packings = packingsOf(incoming);
    const source = packings.length === 0 ? incoming : unpacked(incoming, packings);
    const body = new IncomingBody(source, packings.length > 0, () => {
      this.#settle();
      this.#destroy();
    });
    source.on("end", () => this.#settle()).on("error", () => this.#settle());
    return body;
  }

  #fail(error: unknown): void {
    if (this.#state === "waiting") this.#ends.failed(error);
    else this.#body?.fail(error);
    this.#settle();
  }

  #settle(): void {
    if (this.#state === "settled") return;
    this.#state = "settled";
    // An answer before the end of a request leaves a connection on which nobody knows what is still to come.
    if (!this.#request.writableEnded) this.#destroy();
    this.#ends.settled();
  }

  #over(): void {
    this.#isOver = true;
    if (this.#state === "waiting") this.#fail(broken({ code: "ECONNRESET" }));
    if (!this.#incoming?.complete) this.#socket.destroy();
    this.#ends.over(this.#socket, this.#incoming && headerIn(this.#incoming.rawHeaders, "keep-alive"));
  }

  #destroy(): void {
    if (this.#isOver) return;
    this.#request.destroy();
    this.#socket.destroy();
  }
}

function isShort({ rawHeaders }: IncomingMessage): boolean {
  return Number(headerIn(rawHeaders, "content-length")) <= aheadBytes;
}

/** Answers of these statuses have no body, whatever their headers say. */
const bodiless = [204, 205, 304];

function requestOn(socket: Socket, { method, path, lines }: Outgoing): ClientRequest {
  try {
    const made = request({ createConnection: () => socket, method, path, headers: lines as string[] });
    // Node takes it for the last request on its connection when there is no agent; the head says otherwise.
    made.shouldKeepAlive = true;
    return made;
  } catch {
    // Not passed on: it may quote what it complains about.
    throw refused("its method, address or headers are not valid");
  }
}
