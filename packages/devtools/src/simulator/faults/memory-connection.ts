import { bodiless, type Connection, handledResponse, type Malformation, type Reply } from "./connection.js";

/** The connection of one call of `simulator.fetch`. In place of a failing socket, the call rejects or its body fails. */
export class MemoryConnection implements Connection {
  readonly body: AsyncIterable<Uint8Array>;
  /** Rejects if the call ends without a response. */
  readonly lost: Promise<never>;
  /** Whether the body of the response is streamed. */
  isSending = false;
  #reject: (reason: unknown) => void = () => {};
  readonly #closed = new AbortController();

  constructor({ body, signal }: Request) {
    this.body = (body ?? []) as AsyncIterable<Uint8Array>;
    this.lost = new Promise((_, reject) => {
      this.#reject = reject;
    });
    // If the call already has its response, nothing handles the rejection.
    this.lost.catch(() => {});
    if (signal.aborted) this.close(signal.reason);
    else signal.addEventListener("abort", () => this.close(signal.reason), { once: true });
  }

  /** Ends the connection, because the client disconnects or the simulator closes. */
  close(reason: unknown): void {
    this.#reject(reason);
    this.#closed.abort(reason);
  }

  /** Ends the connection after a complete response. */
  finish(): void {
    this.#closed.abort();
  }

  onClose(listener: () => void): void {
    const { signal } = this.#closed;
    if (signal.aborted) listener();
    else signal.addEventListener("abort", listener, { once: true });
  }

  cutOff(): Response {
    this.close(connectionLost("ECONNRESET"));
    return handledResponse();
  }

  hold(): Response {
    return handledResponse();
  }

  sendPart({ status, headers }: Omit<Reply, "body">, bytes: AsyncIterable<Uint8Array>, then: "hold" | "cut"): Response {
    this.isSending = true;
    const stream = new ReadableStream<Uint8Array>({
      start: async (controller) => {
        for await (const chunk of bytes) controller.enqueue(chunk);
        if (then === "cut") {
          controller.error(new TypeError("terminated"));
          this.finish();
        } else this.onClose(() => controller.error(this.#closed.signal.reason));
      },
      cancel: () => this.finish(),
    });
    return new Response(stream, { status, headers });
  }

  sendSlowly({ status, headers, body }: Reply, everyMs: number): Response {
    const bytes = new TextEncoder().encode(body);
    if (bodiless.has(status)) return new Response(null, { status, headers });
    this.isSending = true;
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        let sent = 0;
        const timer = setInterval(() => {
          if (sent < bytes.length) return controller.enqueue(bytes.subarray(sent, ++sent));
          this.finish();
          controller.close();
        }, everyMs);
        this.onClose(() => {
          clearInterval(timer);
          if (sent < bytes.length) controller.error(this.#closed.signal.reason);
        });
      },
      cancel: () => this.finish(),
    });
    return new Response(stream, { status, headers });
  }

  sendMalformed(_: Reply, what: Malformation): Response {
    this.close(connectionLost("HPE_INVALID_CONSTANT", `the response is malformed: ${what}`));
    return handledResponse();
  }

  sendUnderReason({ status, headers, body }: Reply, phrase: string): Response {
    // `Response` accepts only these characters in a status text.
    const statusText = phrase.replace(/[^\t\x20-\x7e\x80-\xff]/g, "?");
    return new Response(bodiless.has(status) ? null : body, { status, headers, statusText });
  }

  sendWithUnsolicited({ status, headers, body }: Reply): Response {
    return new Response(bodiless.has(status) ? null : body, { status, headers });
  }
}

/** Creates the same error as the global `fetch`. */
export function connectionLost(code: string, message: string = "the connection was reset"): TypeError {
  return new TypeError("fetch failed", { cause: Object.assign(new Error(message), { code }) });
}
