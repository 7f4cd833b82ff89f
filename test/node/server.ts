import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";

export interface Listening {
  readonly url: string;
  readonly port: number;
  /** The number of connections that were ever opened. */
  readonly connections: Socket[];
}

/** Starts an HTTP server for one test. */
export function serve(listener: RequestListener, host = "127.0.0.1"): Promise<Listening> {
  const server = createServer(listener);
  server.keepAliveTimeout = 0;
  return listen(server, host);
}

/** Starts a server for one test that writes raw bytes. It receives the text of a request and the number of the request on its connection. */
export function serveBytes(response: (socket: Socket, text: string, nth: number) => void): Promise<Listening> {
  return listen(
    createTcpServer((socket) => {
      let nth = 0;
      socket.on("error", () => undefined);
      socket.on("data", (bytes) => response(socket, bytes.toString("latin1"), ++nth));
    }),
  );
}

/** Makes a server listen until the end of the test. */
export async function listen(server: Server, host = "127.0.0.1"): Promise<Listening> {
  const connections: Socket[] = [];
  server.on("connection", (socket: Socket) => connections.push(socket));
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  onTestFinished(async () => {
    for (const socket of connections) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`, port, connections };
}

/** Reads the whole body of a request. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Waits for turns of the event loop until a condition is true. The test's time limit ends a wait that never succeeds. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}
