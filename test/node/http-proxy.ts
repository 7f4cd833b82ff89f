import { createServer, type IncomingMessage, request } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect } from "node:net";
import type { Certificate } from "./certificate.js";
import { type Listening, listen } from "./server.js";

export interface TestProxy extends Listening {
  /** The method, target and credentials of each received request, in order. */
  readonly seen: { readonly method: string; readonly target: string; readonly authorization: string | undefined }[];
}

/**
 * A proxy for one test. It connects to the requested port of this machine for every host, so that made-up host names are reachable only through it.
 * With `refuse`, it refuses every request with this status.
 */
export async function startProxy(
  toPort: number,
  { refuse, certificate }: { refuse?: number; certificate?: Certificate } = {},
): Promise<TestProxy> {
  const seen: TestProxy["seen"] = [];
  const note = ({ method = "", url = "", headers }: IncomingMessage) =>
    seen.push({ method, target: url, authorization: headers["proxy-authorization"] });
  const server = certificate ? createTlsServer(certificate) : createServer();
  server.on("request", (incoming: IncomingMessage, outgoing) => {
    note(incoming);
    const { pathname, search } = new URL(incoming.url ?? "");
    const { "proxy-authorization": _, ...headers } = incoming.headers;
    const options = { port: toPort, host: "127.0.0.1", method: incoming.method, headers, path: pathname + search };
    incoming.pipe(
      request({ ...options, agent: false }, (response) => {
        outgoing.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(outgoing);
      }),
    );
  });
  server.on("connect", (incoming, socket) => {
    note(incoming);
    socket.on("error", () => undefined);
    if (refuse !== undefined) return socket.end(`HTTP/1.1 ${refuse} No\r\ncontent-length: 0\r\n\r\n`);
    const through = connect(toPort, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      through.pipe(socket).pipe(through);
    });
    through.on("error", () => socket.destroy()).on("close", () => socket.destroy());
    socket.on("close", () => through.destroy());
  });
  const listening = await listen(server);
  return { ...listening, url: certificate ? listening.url.replace("http:", "https:") : listening.url, seen };
}
