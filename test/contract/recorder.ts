import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it was sent. */
export interface RecordedRequest {
  readonly method: string;
  /** Path and query, byte for byte. */
  readonly target: string;
  /** Header names in lower case, in the order in which they were received. */
  readonly headers: Record<string, string>;
  readonly body: string;
  /** The violations that the mock server found in the request. */
  readonly violations: string | undefined;
}

/** A server between the client and the mock server that records all requests. */
export async function startRecorder(upstream: string) {
  const requests: RecordedRequest[] = [];
  const server = createServer((request, response) => {
    forward(upstream, request, response, requests).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, requests, close };
}

async function forward(
  upstream: string,
  request: IncomingMessage,
  response: ServerResponse,
  requests: RecordedRequest[],
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString("utf8");
  const method = request.method ?? "";
  const target = request.url ?? "";
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const { host: _host, connection: _connection, "content-length": _length, ...passed } = headers;
  const upstreamResponse = await fetch(upstream + target, { method, headers: passed, ...(body && { body }) });
  requests.push({
    method,
    target,
    headers,
    body,
    violations: upstreamResponse.headers.get("sl-violations") ?? undefined,
  });
  response.writeHead(upstreamResponse.status, {
    "content-type": upstreamResponse.headers.get("content-type") ?? "text/plain",
  });
  response.end(await upstreamResponse.text());
}
