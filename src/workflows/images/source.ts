import { UsageError } from "../../wrappers/errors.js";

/** What an image can be uploaded from: a file by its path, a `Blob` or `File`, or a stream. */
export type ImageSource = string | Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** A source being read, once, from its start to its end. */
export interface OpenSource {
  /** `undefined` for a stream. */
  readonly size: number | undefined;
  /** Changes when the file does; `undefined` where nothing tells. */
  readonly modifiedMs: number | undefined;
  /** Fills the bytes; fewer come only at the end. */
  fill(bytes: Uint8Array): Promise<number>;
  /** Whether what was read is still what the file holds. */
  isUnchanged(): Promise<boolean>;
  close(): Promise<void>;
}

export async function openSource(source: ImageSource): Promise<OpenSource> {
  // Loaded for paths only, so that the rest runs where there are no files.
  if (typeof source === "string") return (await import("./node-file.js")).openFile(source);
  if (!isPieces(source)) throw new UsageError("source", "must be a path, a Blob, or a stream that is not locked");
  const isBlob = typeof Blob === "function" && source instanceof Blob;
  return fromPieces(isBlob ? source.stream() : (source as AsyncIterable<Uint8Array>), isBlob ? source.size : undefined);
}

/** Blobs have a stream; streams have a reader, or can be iterated, or both. */
function isPieces(source: unknown): boolean {
  if (typeof source !== "object" || source === null) return false;
  const { locked, stream, getReader } = source as { locked?: unknown; stream?: unknown; getReader?: unknown };
  const isReadable = Symbol.asyncIterator in source || typeof getReader === "function" || typeof stream === "function";
  return isReadable && locked !== true;
}

function fromPieces(
  pieces: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
  size: number | undefined,
): OpenSource {
  const iterator = iterate(pieces);
  let rest = new Uint8Array() as Uint8Array;
  let isReading = false;
  const fill = async (bytes: Uint8Array) => {
    let filled = 0;
    while (filled < bytes.length) {
      if (rest.length === 0) {
        isReading = true;
        const { value, done } = await iterator.next();
        isReading = false;
        if (done) break;
        if (!(value instanceof Uint8Array)) throw new UsageError("source", "must give its bytes as Uint8Arrays");
        rest = value;
      }
      const taken = rest.subarray(0, bytes.length - filled);
      bytes.set(taken, filled);
      filled += taken.length;
      rest = rest.subarray(taken.length);
    }
    return filled;
  };
  const close = async () => {
    const closed = iterator.return?.();
    // A source that stalls may never end its current read, so its end is not waited for.
    if (isReading) closed?.catch(() => undefined);
    else await closed;
  };
  return { size, modifiedMs: undefined, fill, isUnchanged: async () => true, close };
}

/** Not every runtime can iterate a `ReadableStream`. */
function iterate(pieces: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>): AsyncIterator<Uint8Array> {
  if (Symbol.asyncIterator in pieces) return pieces[Symbol.asyncIterator]();
  const reader = (pieces as ReadableStream<Uint8Array>).getReader();
  return {
    next: () => reader.read() as Promise<IteratorResult<Uint8Array>>,
    return: async () => {
      await reader.cancel();
      return { value: undefined, done: true };
    },
  };
}
