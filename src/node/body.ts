import { constants } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { PassThrough, pipeline, type Readable, type Transform } from "node:stream";
import * as zlib from "node:zlib";
import { broken, type Failure } from "./errors.js";

/** So much of a body is read that no one asks for: the connection of a short response is free at once. */
const highWaterMark = 64 * 1024;

const unread = /* @__PURE__ */ new FinalizationRegistry<ResponseBody>((body) => body.fail(canceled()));
const utf8 = /* @__PURE__ */ new TextDecoder();
const canceled = () => new TypeError("the body was canceled");

/** The body of a response while it arrives. It is read once, as text or as a stream. */
export class ResponseBody {
  #source: Readable;
  #isRead = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(source: Readable) {
    this.#source = source;
    setImmediate(() => {
      if (!this.#isRead) this.#source = connect([source, new PassThrough({ highWaterMark })]);
    });
  }

  /** Ends it with an error, unless it is complete. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#source.destroy(canceled());
  }

  /** Cancels it once `owner` is garbage: a long response that is never read would keep its connection. */
  cancelWith(owner: object): void {
    unread.register(owner, this, this);
  }

  /** All of it, as `fetch` decodes text: UTF-8, without a byte order mark. */
  async text(): Promise<string> {
    unread.unregister(this);
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of this.#chunks()) {
      chunks.push(chunk);
      size += chunk.length;
      // A few compressed kilobytes can stand for any number of bytes.
      if (size > constants.MAX_STRING_LENGTH) throw broken({ code: "ERR_STRING_TOO_LONG" });
    }
    return utf8.decode(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, size));
  }

  /** Piece by piece, no faster than it is read. `owner` lives as long as the stream does. */
  stream(owner: object): ReadableStream<Uint8Array> {
    const chunks = this.#chunks();
    const pull = async (controller: ReadableByteStreamController) => {
      const { done, value } = await chunks.next();
      // A copy: the stream takes the memory over, and Node's chunks may share theirs.
      if (!done) return controller.enqueue(new Uint8Array(value));
      controller.close();
      controller.byobRequest?.respond(0);
    };
    const source = { type: "bytes" as const, owner, pull, cancel: () => this.fail(canceled()) };
    return new ReadableStream(source, { highWaterMark: 0 });
  }

  async *#chunks(): AsyncGenerator<Uint8Array, void> {
    this.#isRead = true;
    try {
      yield* this.#source;
    } catch (error) {
      throw this.#failure ? this.#failure.error : broken(error as Failure);
    }
  }
}

const { createGunzip: gzip, createInflate: deflate, createBrotliDecompress: br } = zlib;
const { createZstdDecompress: zstd } = zlib as { createZstdDecompress?: () => Transform };
const decoders: Readonly<Record<string, (() => Transform) | undefined>> = { gzip, "x-gzip": gzip, deflate, br, zstd };

/** The body as it was before it was compressed; the same stream when it was not, or in an unknown way. */
export function decompress(incoming: IncomingMessage): Readable {
  const names = incoming.headers["content-encoding"]?.toLowerCase().match(/(?<![\w-])(?!identity\b)[\w-]+/g) ?? [];
  const made = names.map((name) => (Object.hasOwn(decoders, name) ? decoders[name] : undefined)).reverse();
  if (made.length === 0 || made.length > 2 || !made.every((make) => make !== undefined)) return incoming;
  return connect([incoming, ...made.map((make) => make())]);
}

/** An error of the result without a listener would end the process. */
function connect(streams: [Readable, ...Transform[]]): Readable {
  return (pipeline(streams, () => undefined) as unknown as Readable).on("error", () => undefined);
}
