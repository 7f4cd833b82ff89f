import { constants } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { pipeline, type Readable, type Transform } from "node:stream";
import * as zlib from "node:zlib";
import { broken, type Failure } from "./errors.js";

/** A response is read before anyone asks for it when it is this short, so that its connection is free at once. */
const eagerBytes = 64 * 1024;

const unread = /* @__PURE__ */ new FinalizationRegistry<ResponseBody>((body) => body.fail(canceled()));
const utf8 = /* @__PURE__ */ new TextDecoder();
const canceled = () => new TypeError("the body was canceled");

/** The body of a response while it arrives. It is read once, as text or as a stream. */
export class ResponseBody {
  readonly #source: Readable;
  readonly #whole: Promise<Uint8Array> | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** `length`: in bytes, as `source` gives them; `NaN` when it is unknown. */
  constructor(source: Readable, length: number) {
    this.#source = source;
    this.#whole = length <= eagerBytes ? this.#collect() : undefined;
    this.#whole?.catch(() => undefined);
  }

  /** Ends it with an error, unless it is complete. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#source.destroy(canceled());
  }

  /** Cancels it once `owner` is garbage: a long response that is never read would keep its connection. */
  cancelWith(owner: object): void {
    if (this.#whole === undefined) unread.register(owner, this, this);
  }

  /** All of it, as `fetch` decodes text: UTF-8, without a byte order mark. */
  async text(): Promise<string> {
    unread.unregister(this);
    return utf8.decode(await (this.#whole ?? this.#collect()));
  }

  /** Piece by piece, no faster than it is read. `owner` lives as long as the stream does. */
  stream(owner: object): ReadableStream<Uint8Array> {
    const chunks = this.#chunks(this.#whole);
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

  async *#chunks(whole?: Promise<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    try {
      if (whole === undefined) yield* this.#source;
      else if ((await whole).length > 0) yield await whole;
    } catch (error) {
      throw this.#failure ? this.#failure.error : whole ? error : broken(error as Failure);
    }
  }

  async #collect(): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of this.#chunks()) {
      chunks.push(chunk);
      size += chunk.length;
      // A few compressed kilobytes can stand for any number of bytes.
      if (size > constants.MAX_STRING_LENGTH) throw broken({ code: "ERR_STRING_TOO_LONG" });
    }
    return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks, size);
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
  return pipeline([incoming, ...made.map((make) => make())], () => undefined) as unknown as Readable;
}
