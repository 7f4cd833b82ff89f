import { constants, isAscii } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { pipeline, type Readable, type Transform } from "node:stream";
import * as zlib from "node:zlib";
import { brokenConnectionError } from "./errors.js";

/** The number of bytes that are read ahead, before the caller reads the body. A shorter response therefore frees its connection at once. */
const highWaterMark = 64 * 1024;

const unread = /* @__PURE__ */ new FinalizationRegistry<ResponseBody>((body) => body.fail(canceled()));
const utf8 = /* @__PURE__ */ new TextDecoder();
const canceled = () => new TypeError("the body was canceled");
const ignore = () => undefined;

/** The body of a response while it is received. It is read once, as text or as a stream. */
export class ResponseBody {
  readonly #source: Readable;
  readonly #onEnd: () => void;
  readonly #chunks: Uint8Array[] = [];
  #size = 0;
  #isText = false;
  #isOver = false;
  #failure: { readonly error: unknown } | undefined;
  #wakeReader: () => void = ignore;

  /** `onEnd` is called when the body is complete or has failed. */
  constructor(source: Readable, onEnd: () => void = ignore) {
    this.#source = source;
    this.#onEnd = onEnd;
    source.on("data", (chunk: Uint8Array) => {
      this.#chunks.push(chunk);
      this.#size += chunk.length;
      if (this.#size > highWaterMark && !this.#isText) source.pause();
      this.#wakeReader();
    });
    source.on("end", () => this.#end());
    source.on("error", (error) => this.#end({ error: brokenConnectionError(error) }));
    source.on("close", () => this.#isOver || this.#end({ error: brokenConnectionError({ code: "ECONNRESET" }) }));
  }

  /** Ends the body with an error. The first error is kept. */
  fail(error: unknown): void {
    this.#end({ error });
    this.#source.destroy(canceled());
  }

  #end(failure?: { readonly error: unknown }): void {
    this.#isOver = true;
    this.#failure ??= failure;
    this.#onEnd();
    this.#wakeReader();
  }

  /** Cancels the body when `owner` is garbage-collected. Otherwise a long response that is never read would keep its connection. */
  cancelWith(owner: object): void {
    // Deferred, so that a body that is read at once is not registered: the registry makes garbage collection slower.
    queueMicrotask(() => this.#isText || this.#isOver || unread.register(owner, this, this));
  }

  /** The whole body, decoded as `fetch` decodes text: UTF-8, without a byte order mark. */
  async text(): Promise<string> {
    this.#isText = true;
    unread.unregister(this);
    while (!this.#isOver) {
      await this.#waitForChange();
      // A few compressed kilobytes can expand to any number of bytes.
      if (this.#size > constants.MAX_STRING_LENGTH) this.fail(brokenConnectionError({ code: "ERR_STRING_TOO_LONG" }));
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    const bytes = Buffer.concat(this.#chunks.splice(0), this.#size);
    // ASCII is copied without decoding, which takes a fraction of the time.
    return isAscii(bytes) ? bytes.toString("latin1") : utf8.decode(bytes);
  }

  /** The body as a source for the platform's `Response`, which reads it only as fast as it is read. The iterator keeps `owner` alive. */
  iterable(owner: object): AsyncIterable<Uint8Array> {
    unread.register(owner, this, this);
    const next = async () => {
      while (this.#chunks.length === 0 && !this.#isOver) await this.#waitForChange();
      if (this.#failure !== undefined) throw this.#failure.error;
      const value = this.#chunks.shift();
      this.#size -= value?.length ?? 0;
      return { done: value === undefined, value } as IteratorResult<Uint8Array>;
    };
    const cancel = async () => ({ done: true as const, value: this.fail(canceled()) });
    return { [Symbol.asyncIterator]: () => Object.assign({ next, return: cancel }, { owner }) };
  }

  /** Waits for the next chunk, or for the end of the body. */
  #waitForChange(): Promise<void> {
    this.#source.resume();
    return new Promise((resolve) => (this.#wakeReader = resolve));
  }
}

const { createGunzip: gzip, createInflate: deflate, createBrotliDecompress: br } = zlib;
const { createZstdDecompress: zstd } = zlib as { createZstdDecompress?: () => Transform };
const decoders = /* @__PURE__ */ new Map(Object.entries({ gzip, "x-gzip": gzip, deflate, br, zstd }));

/** Decompresses the body. Returns the same stream when it is not compressed, or the encoding is unknown. */
export function decompress(incoming: IncomingMessage): Readable {
  const names = incoming.headers["content-encoding"]?.toLowerCase().match(/(?<![\w-])(?!identity\b)[\w-]+/g) ?? [];
  const made = names.map((name) => decoders.get(name)).reverse();
  if (made.length === 0 || made.length > 2 || !made.every((make) => make !== undefined)) return incoming;
  // An error without a listener would end the process. `ResponseBody` handles the error of the last stream.
  incoming.on("error", ignore);
  return pipeline([incoming, ...made.map((make) => make())], ignore) as unknown as Readable;
}
