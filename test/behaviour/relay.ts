import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

/** One address that stands for whichever server is its target at the moment. */
export interface Relay {
  readonly url: string;
  /** Base URL of the server that gets the requests. */
  target: string | undefined;
  close(): Promise<void>;
}

/** Prism takes one upstream for life and is slow to start; behind a relay, each test can still have a simulator of its own. */
export async function startRelay(): Promise<Relay> {
  const server = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? "/", relay.target);
    const headers = { ...incoming.headers, host: url.host };
    // No connection is kept: the target may be another server by the next request.
    const forwarded = request(url, { method: incoming.method ?? "GET", headers, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on("error", (error) => outgoing.destroy(error));
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const relay: Relay = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return relay;
}
