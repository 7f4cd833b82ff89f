/** A response ready to be sent. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Malformation = "protocol" | "status-line" | "header" | "length" | "chunk";

/**
 * The connection that a request came on, as far as faults reach below HTTP. Each method deals with it by itself and returns what the router
 * passes on. A socket has one, and a call of `simulator.fetch` another.
 */
export interface Connection {
  /** The bytes of the request's body, for those that do not fit into memory. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Calls back when the client or the simulator has left, or the response is complete. */
  onClose(listener: () => void): void;
  /** Ends with a reset, so that the client cannot take it for an orderly end. */
  cutOff(): Response;
  /** Sends nothing. */
  hold(): Response;
  /** Sends these bytes of a body whose length is in the headers, and then nothing more; or ends the connection. */
  sendPart(reply: Omit<Reply, "body">, bytes: AsyncIterable<Uint8Array>, then: "hold" | "cut"): Response;
  /** One byte, and another one after each wait, until all are sent or the connection ends. */
  sendSlowly(reply: Reply, everyMs: number): Response;
  sendMalformed(reply: Reply, what: Malformation): Response;
  sendUnderReason(reply: Reply, phrase: string): Response;
  /** In one piece, so that both are there before the client can send its next request on this connection. */
  sendWithUnsolicited(reply: Reply, unsolicited: Reply): Response;
}

/** Statuses whose responses have no body. */
export const bodiless: ReadonlySet<number> = new Set([204, 304]);

const sentMark = "x-hono-already-sent";

/**
 * Signals to the HTTP adapter that the connection was dealt with by hand. A new one each time: the adapter's own constant is one
 * shared object, to which the CORS middleware would add headers.
 */
export function held(): Response {
  return new Response(null, { headers: { [sentMark]: "true" } });
}

export function isHeld(response: Response): boolean {
  return response.headers.has(sentMark);
}
