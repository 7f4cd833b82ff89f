import { constants } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { pipeline, type Readable, type Transform } from "node:stream";
import * as zlib from "node:zlib";
import { broken, type Failure } from "./errors.js";

/** So much of a body is read that no one asks for: the connection of a short response is free at once. */
const highWaterMark = 64 * 1024;

const unread = /* @__PURE__ */ new FinalizationRegistry<ResponseBody>((body) => body.fail(canceled()));
const utf8 = /* @__PURE__ */ new TextDecoder();
const canceled = () => new TypeError("the body was canceled");
const ignore = () => undefined;

/** The body of a response while it arrives. It is read once, as text or as a stream. */
export class ResponseBody {
  readonly #source: Readable;
  #chunks: Uint8Array[] = [];
  #size = 0;
  /** With more than this in `#chunks`, the source is paused. */
  #limit = highWaterMark;
  #isRead = false;
  #end: { readonly error?: unknown } | undefined;
  #wakeReader = ignore;

  /** `onEnd` is called once: when the body is complete, or has failed. */
  constructor(source: Readable, onEnd: () => void = ignore) {
    const settle = (end: { readonly error?: unknown }) => {
      if (this.#end === undefined) this.#settle(end);
      onEnd();
    };
    this.#source = source;
    source.on("data", (chunk: Uint8Array) => {
      this.#chunks.push(chunk);
      this.#size += chunk.length;
      if (this.#size > this.#limit) source.pause();
      this.#wakeReader();
    });
    source.on("end", () => settle({}));
    source.on("error", (error) => settle({ error: broken(error as Failure) }));
    source.on("close", () => settle({ error: broken({ code: "ECONNRESET" }) }));
  }

  /** Ends it with an error, unless it has failed before. */
  fail(error: unknown): void {
    if (this.#end !== undefined && "error" in this.#end) return;
    this.#settle({ error });
    this.#source.destroy(canceled());
  }

  /** Cancels it once `owner` is garbage: a long response that is never read would keep its connection. */
  cancelWith(owner: object): void {
    // Who reads it at once has begun by then: the registry makes garbage collection slower.
    queueMicrotask(() => {
      if (!this.#isRead && this.#end === undefined) unread.register(owner, this, this);
    });
  }

  /** All of it, as `fetch` decodes text: UTF-8, without a byte order mark. */
  async text(): Promise<string> {
    this.#isRead = true;
    unread.unregister(this);
    this.#limit = constants.MAX_STRING_LENGTH;
    while (this.#end === undefined) {
      // A few compressed kilobytes can stand for any number of bytes.
      if (this.#size > this.#limit) this.fail(broken({ code: "ERR_STRING_TOO_LONG" }));
      else await this.#more();
    }
    if ("error" in this.#end) throw this.#end.error;
    const [first] = this.#chunks;
    return utf8.decode(this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks, this.#size));
  }

  /** Piece by piece, no faster than it is read. `owner` lives as long as the stream does. */
  stream(owner: object): ReadableStream<Uint8Array> {
    unread.register(owner, this, this);
    const pull = async (controller: ReadableByteStreamController) => {
      while (this.#chunks.length === 0 && this.#end === undefined) await this.#more();
      if (this.#end !== undefined && "error" in this.#end) throw this.#end.error;
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

  /** Resolves when more of it is there, or its end. */
  #more(): Promise<void> {
    this.#source.resume();
    return new Promise((resolve) => (this.#wakeReader = resolve as () => undefined));
  }

  #settle(end: { readonly error?: unknown }): void {
    this.#end = end;
    if ("error" in end) this.#chunks = [];
    this.#wakeReader();
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
  // The error of a stream without a listener would end the process; that of the last one is the body's.
  incoming.on("error", ignore);
  return pipeline([incoming, ...made.map((make) => make())], ignore) as unknown as Readable;
}
