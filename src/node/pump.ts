import type { ClientRequest } from "node:http";

/**
 * Writes a stream into a request, no faster than the network takes it. Throws what the stream fails with, and when it does not hold as many bytes
 * as were promised: the other side would wait for the rest, or read it as another request.
 */
export async function pump(
  content: ReadableStream<Uint8Array>,
  request: ClientRequest,
  length: number | undefined,
): Promise<void> {
  const reader = content.getReader();
  let sent = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (request.destroyed) return;
      if (done) break;
      if (!(value instanceof Uint8Array)) throw new TypeError("a body's stream gave something other than bytes");
      sent += value.length;
      if (sent > (length ?? sent)) throw tooManyOrFew();
      if (value.length > 0 && !request.write(value)) await drained(request);
    }
    if (sent < (length ?? sent)) throw tooManyOrFew();
    request.end();
  } finally {
    // Nobody reads on; a source that was read to its end does not mind.
    reader.cancel().catch(() => undefined);
  }
}

function drained(request: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      request.removeListener("drain", done);
      request.removeListener("close", done);
      resolve();
    };
    request.once("drain", done);
    request.once("close", done);
  });
}

function tooManyOrFew(): Error {
  return Object.assign(new Error("a body is not as long as its content-length"), { code: "ERR_CONTENT_LENGTH" });
}
