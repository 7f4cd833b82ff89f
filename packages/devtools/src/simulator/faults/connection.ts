/** A response to send. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Malformation = "protocol" | "status-line" | "header" | "length" | "chunk";

/**
 * The connection of a request, for faults below HTTP. Each method handles the connection itself and returns what the router
 * passes on. Sockets and calls of `simulator.fetch` have one implementation each.
 */
export interface Connection {
  /** The bytes of the request's body, for bodies that do not fit into memory. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Calls back when the client has disconnected, the simulator has closed, or the response is complete. */
  onClose(listener: () => void): void;
  /** Ends with a reset, so that the client cannot mistake it for an orderly end. */
  cutOff(): Response;
  /** Sends nothing. */
  hold(): Response;
  /** Sends these bytes of a body whose length is in the headers, and then nothing, or ends the connection. */
  sendPart(reply: Omit<Reply, "body">, bytes: AsyncIterable<Uint8Array>, then: "hold" | "cut"): Response;
  /** One byte, and another one after each wait, until all are sent or the connection ends. */
  sendSlowly(reply: Reply, everyMs: number): Response;
  sendMalformed(reply: Reply, what: Malformation): Response;
  sendUnderReason(reply: Reply, phrase: string): Response;
  /** In one write, so that both arrive before the client can send its next request on this connection. */
  sendWithUnsolicited(reply: Reply, unsolicited: Reply): Response;
}

/** Statuses whose responses have no body. */
export const bodiless: ReadonlySet<number> = new Set([204, 304]);

const sentMark = "x-hono-already-sent";

/**
 * Signals to the HTTP adapter that the connection was handled already. A new one each time: the adapter's own constant is one
 * shared object, to which the CORS middleware would add headers.
 */
export function held(): Response {
  return new Response(null, { headers: { [sentMark]: "true" } });
}

export function isHeld(response: Response): boolean {
  return response.headers.has(sentMark);
}
