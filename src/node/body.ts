import { constants, isAscii } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { pipeline, type Readable, type Transform } from "node:stream";
import * as zlib from "node:zlib";
import { broken } from "./errors.js";

/** So much of a body is read that no one asks for: the connection of a short response is free at once. */
const highWaterMark = 64 * 1024;

const unread = /* @__PURE__ */ new FinalizationRegistry<ResponseBody>((body) => body.fail(canceled()));
const utf8 = /* @__PURE__ */ new TextDecoder();
const canceled = () => new TypeError("the body was canceled");
const ignore = () => undefined;

/** The body of a response while it arrives. It is read once, as text or as a stream. */
export class ResponseBody {
  readonly #source: Readable;
  readonly #onEnd: () => void;
  readonly #chunks: Uint8Array[] = [];
  #size = 0;
  #isText = false;
  #isOver = false;
  #failure: { readonly error: unknown } | undefined;
  #wakeReader: () => void = ignore;

  /** `onEnd` is called when the body is complete, and when it has failed. */
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
    source.on("error", (error) => this.#end({ error: broken(error) }));
    source.on("close", () => this.#isOver || this.#end({ error: broken({ code: "ECONNRESET" }) }));
  }

  /** Ends it with an error, unless it has failed before. */
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

  /** Cancels it once `owner` is garbage: a long response that is never read would keep its connection. */
  cancelWith(owner: object): void {
    // Who reads it at once has begun by then: the registry makes garbage collection slower.
    queueMicrotask(() => this.#isText || this.#isOver || unread.register(owner, this, this));
  }

  /** All of it, as `fetch` decodes text: UTF-8, without a byte order mark. */
  async text(): Promise<string> {
    this.#isText = true;
    unread.unregister(this);
    while (!this.#isOver) {
      await this.#change();
      // A few compressed kilobytes can stand for any number of bytes.
      if (this.#size > constants.MAX_STRING_LENGTH) this.fail(broken({ code: "ERR_STRING_TOO_LONG" }));
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    const bytes = Buffer.concat(this.#chunks.splice(0), this.#size);
    // What is ASCII only is copied, which takes a fraction of the time.
    return isAscii(bytes) ? bytes.toString("latin1") : utf8.decode(bytes);
  }

  /** Piece by piece, no faster than it is read. `owner` lives as long as the stream does. */
  stream(owner: object): ReadableStream<Uint8Array> {
    unread.register(owner, this, this);
    const pull = async (controller: ReadableByteStreamController) => {
      while (this.#chunks.length === 0 && !this.#isOver) await this.#change();
      if (this.#failure !== undefined) throw this.#failure.error;
      const chunk = this.#chunks.shift();
      this.#size -= chunk?.length ?? 0;
      // A copy: the stream takes the memory over, and Node's chunks may share theirs.
      if (chunk !== undefined) return controller.enqueue(new Uint8Array(chunk));
      controller.close();
      controller.byobRequest?.respond(0);
    };
    const source = { type: "bytes" as const, owner, pull, cancel: () => this.fail(canceled()) };
    return new ReadableStream(source, { highWaterMark: 0 });
  }

  /** Until more of it is there, or its end. */
  #change(): Promise<void> {
    this.#source.resume();
    return new Promise((resolve) => (this.#wakeReader = resolve));
  }
}

const { createGunzip: gzip, createInflate: deflate, createBrotliDecompress: br } = zlib;
const { createZstdDecompress: zstd } = zlib as { createZstdDecompress?: () => Transform };
const decoders = /* @__PURE__ */ new Map(Object.entries({ gzip, "x-gzip": gzip, deflate, br, zstd }));

/** The body as it was before it was compressed; the same stream when it was not, or in an unknown way. */
export function decompress(incoming: IncomingMessage): Readable {
  const names = incoming.headers["content-encoding"]?.toLowerCase().match(/(?<![\w-])(?!identity\b)[\w-]+/g) ?? [];
  const made = names.map((name) => decoders.get(name)).reverse();
  if (made.length === 0 || made.length > 2 || !made.every((make) => make !== undefined)) return incoming;
  // The error of a stream without a listener would end the process; that of the last one is the body's.
  incoming.on("error", ignore);
  return pipeline([incoming, ...made.map((make) => make())], ignore) as unknown as Readable;
}
