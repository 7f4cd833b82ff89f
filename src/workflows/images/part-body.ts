const piece = 256 * 1024;

/** How a part is handed to `fetch`. */
export interface PartBody {
  readonly body: BodyInit;
  readonly headers: Record<string, string>;
  /** Node asks for it with a stream. */
  readonly duplex?: "half";
}

/**
 * The body of one part. Node's `fetch` copies bytes that it is given whole, which would double the memory of all parts in flight; there it gets them in pieces, with the length
 * that object stores insist on. Other runtimes drop that header with a stream, and get the bytes.
 */
export function partBody(bytes: Uint8Array<ArrayBuffer>): PartBody {
  const headers = { "content-type": "application/octet-stream" };
  if (!isNode()) return { body: bytes, headers };
  return { body: inPieces(bytes), headers: { ...headers, "content-length": String(bytes.length) }, duplex: "half" };
}

function isNode(): boolean {
  const { process, Deno } = globalThis as { process?: { versions?: { node?: string; bun?: string } }; Deno?: unknown };
  return process?.versions?.node !== undefined && process.versions.bun === undefined && Deno === undefined;
}

function inPieces(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let sent = 0;
  return new ReadableStream(
    {
      pull: (controller) => {
        if (sent >= bytes.length) return controller.close();
        const next = bytes.subarray(sent, sent + piece);
        sent += next.length;
        controller.enqueue(next);
      },
    },
    { highWaterMark: 0 },
  );
}
