import type { Hono } from "hono";
import { isHeld } from "../faults/connection.js";
import { connectionLost, MemoryConnection } from "../faults/memory-connection.js";
import type { ServerEnv } from "./send.js";

/** Calls the simulator as the global `fetch` calls its server. */
export interface MemoryFetch {
  readonly fetch: typeof globalThis.fetch;
  /** Ends all calls; later ones are rejected. */
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
      if (isHeld(response)) return await connection.lost;
      // Requests that are still being sent end with the simulator.
      if (!connection.isSending) connection.finish();
      return response;
    },
    close() {
      isClosed = true;
      for (const connection of open) connection.close(connectionLost("ECONNRESET"));
    },
  };
}
