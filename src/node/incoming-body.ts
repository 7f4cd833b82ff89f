import type { Readable } from "node:stream";
import { broken } from "./failure.js";

/** Read ahead of whoever reads, so that a short answer frees its connection at once; of a longer one no more is taken than is asked for. */
export const aheadBytes: number = 64 * 1024;
/** A body that is read as a whole, unpacked. A few packed kilobytes can stand for any number of bytes. */
const longestPackedBytes = 256 * 1024 ** 2;

const unread = /* @__PURE__ */ new FinalizationRegistry<IncomingBody>((body) => body.cancel());
const utf8 = /* @__PURE__ */ new TextDecoder();
const nothing = /* @__PURE__ */ new Uint8Array();

/** The body of an answer while it arrives. It is read once, as a whole or piece by piece. */
export class IncomingBody {
  readonly #source: Readable;
  readonly #abandon: () => void;
  readonly #packed: boolean;
  #chunks: Uint8Array[] = [];
  #size = 0;
  #whole = false;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;
  #isWatched = false;

  /** `abandon` ends the request when nobody wants the rest. */
  constructor(source: Readable, packed: boolean, abandon: () => void) {
    this.#source = source;
    this.#packed = packed;
    this.#abandon = abandon;
    source.on("data", (chunk: Uint8Array) => this.#add(chunk));
    source.on("end", () => this.#end());
    source.on("error", (error) => this.fail(broken(error)));
  }

  /** Ends it with an error, unless it is complete. */
  fail(error: unknown): void {
    if (this.#ended || this.#failure) return;
    this.#failure = { error };
    this.#chunks = [];
    this.#source.destroy();
    this.#notify();
  }

  /** Ends the request for it, unless it is complete. */
  cancel(): void {
    if (this.#ended || this.#failure) return;
    this.fail(new TypeError("the body was cancelled"));
    this.#abandon();
  }

  /** Ends the request once `owner` is garbage, unless it is read by then: a long answer that nobody reads holds its connection. */
  endWith(owner: object): void {
    this.#isWatched = true;
    unread.register(owner, this, this);
  }

  /** All of it, as `fetch` reads text: UTF-8, without a byte order mark. */
  text(): Promise<string> {
    if (this.#isWatched) unread.unregister(this);
    this.#whole = true;
    this.#source.resume();
    if (this.#ended) return Promise.resolve(this.#decoded());
    return new Promise((resolve, reject) => {
      const settle = () => {
        if (this.#failure) reject(this.#failure.error);
        else if (this.#ended) resolve(this.#decoded());
        else this.#wake = settle;
      };
      settle();
    });
  }

  /** Piece by piece, no faster than it is read. `owner` lives as long as the stream does. */
  stream(owner: object): ReadableStream<Uint8Array> {
    const source = {
      type: "bytes" as const,
      owner,
      pull: (controller: ReadableByteStreamController) => this.#pull(controller),
      cancel: () => this.cancel(),
    };
    return new ReadableStream(source, { highWaterMark: 0 });
  }

  #pull(controller: ReadableByteStreamController): Promise<void> | undefined {
    if (this.#failure) throw this.#failure.error;
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) {
      this.#size -= chunk.length;
      // A copy: the stream takes the memory over, and Node's pieces may share theirs.
      controller.enqueue(new Uint8Array(chunk));
      return undefined;
    }
    if (this.#ended) {
      controller.close();
      controller.byobRequest?.respond(0);
      return undefined;
    }
    this.#source.resume();
    return new Promise((resolve, reject) => {
      this.#wake = () => {
        try {
          resolve(this.#pull(controller));
        } catch (error) {
          reject(error);
        }
      };
    });
  }

  #add(chunk: Uint8Array): void {
    if (this.#failure) return;
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (!this.#whole) {
      if (this.#size > aheadBytes) this.#source.pause();
      if (this.#wake) this.#notify();
    } else if (this.#packed && this.#size > longestPackedBytes) {
      this.fail(broken({ code: "ERR_BODY_TOO_LARGE" }));
      this.#abandon();
    }
  }

  #end(): void {
    if (this.#failure) return;
    this.#ended = true;
    this.#notify();
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  #decoded(): string {
    const chunks = this.#chunks;
    this.#chunks = [];
    return utf8.decode(chunks.length > 1 ? Buffer.concat(chunks) : (chunks[0] ?? nothing));
  }
}
