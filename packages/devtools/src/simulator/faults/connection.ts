/** A response to send. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Malformation = "protocol" | "status-line" | "header" | "length" | "chunk";

/**
 * The connection of a request, for faults below HTTP. Each method handles the connection itself and returns a response for the router to pass on.
 * There is one implementation for sockets and one for calls of `simulator.fetch`.
 */
export interface Connection {
  /** The bytes of the request's body, for bodies that do not fit into memory. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Calls `listener` when the client has disconnected, the simulator has closed, or the response is complete. */
  onClose(listener: () => void): void;
  /** Resets the connection, so that the client cannot mistake it for a regular end. */
  cutOff(): Response;
  /** Sends nothing, and leaves the connection open. */
  hold(): Response;
  /** Sends some bytes of a body whose full length is in the headers. Then it leaves the connection open, or ends it. */
  sendPart(reply: Omit<Reply, "body">, bytes: AsyncIterable<Uint8Array>, then: "hold" | "cut"): Response;
  /** Sends one byte after each wait, until all are sent or the connection ends. */
  sendSlowly(reply: Reply, everyMs: number): Response;
  sendMalformed(reply: Reply, what: Malformation): Response;
  sendUnderReason(reply: Reply, phrase: string): Response;
  /** Sends both replies in one write, so that both arrive before the client can send its next request on this connection. */
  sendWithUnsolicited(reply: Reply, unsolicited: Reply): Response;
}

/** Statuses whose responses have no body. */
export const bodiless: ReadonlySet<number> = new Set([204, 304]);

const sentMark = "x-hono-already-sent";

/**
 * Creates the response that signals to the HTTP adapter that the connection was already handled. A new one is created each time, because the adapter's own
 * constant is one shared object, to which the CORS middleware would add headers.
 */
export function handledResponse(): Response {
  return new Response(null, { headers: { [sentMark]: "true" } });
}

export function isHandled(response: Response): boolean {
  return response.headers.has(sentMark);
}
