import type { Hono } from "hono";
import { isHandled } from "../faults/connection.js";
import { connectionLost, MemoryConnection } from "../faults/memory-connection.js";
import type { ServerEnv } from "./send.js";

/** Calls the simulator without a socket, with the behavior of the global `fetch`. */
export interface MemoryFetch {
  readonly fetch: typeof globalThis.fetch;
  /** Ends all calls, and rejects later ones. */
  close(): void;
}

export function makeMemoryFetch(app: Hono<ServerEnv>): MemoryFetch {
  const open = new Set<MemoryConnection>();
  let isClosed = false;
  return {
    async fetch(input, init) {
      const request = new Request(input, init);
      if (isClosed) throw connectionLost("ECONNREFUSED", "the simulator is closed");
      const connection = new MemoryConnection(request);
      open.add(connection);
      connection.onClose(() => open.delete(connection));
      const response = await Promise.race([app.fetch(request, { connection }), connection.lost]);
      if (isHandled(response)) return await connection.lost;
      // If the body is still being streamed, the connection ends later: with the body, or when the simulator closes.
      if (!connection.isSending) connection.finish();
      return response;
    },
    close() {
      isClosed = true;
      for (const connection of open) connection.close(connectionLost("ECONNRESET"));
    },
  };
}
