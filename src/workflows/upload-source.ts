import { UsageError } from "../wrappers/errors.js";
import { TransferError } from "./errors.js";

/** The source of an upload: the path of a file, a `Blob` or `File`, or a stream. */
export type ImageSource = string | Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** An open source. It is read once, from start to end. */
export interface OpenSource {
  /** `undefined` for a stream. */
  readonly size: number | undefined;
  /** Modification time of a file; `undefined` for other sources. */
  readonly modifiedMs: number | undefined;
  /** Fills `bytes` and returns the number of bytes read, which is less than `bytes.length` only at the end. */
  fill(bytes: Uint8Array): Promise<number>;
  /** Whether the file is still the one that was opened. */
  isUnchanged(): Promise<boolean>;
  close(): Promise<void>;
}

export async function openSource(source: ImageSource): Promise<OpenSource> {
  // Loaded only for paths, so that other sources work in runtimes without files.
  if (typeof source === "string") return (await import("./node-files.js")).openFile(source);
  if (!isReadableSource(source))
    throw new UsageError("source", "must be a path, a Blob, or a stream that is not locked");
  const isBlob = typeof Blob === "function" && source instanceof Blob;
  return openPieces(isBlob ? source.stream() : (source as AsyncIterable<Uint8Array>), isBlob ? source.size : undefined);
}

/** Whether a value is a source. A `Blob` has a stream. A stream has a reader, can be iterated, or both. */
function isReadableSource(source: unknown): boolean {
  if (typeof source !== "object" || source === null) return false;
  const { locked, stream, getReader } = source as { locked?: unknown; stream?: unknown; getReader?: unknown };
  const isReadable = Symbol.asyncIterator in source || typeof getReader === "function" || typeof stream === "function";
  return isReadable && locked !== true;
}

function openPieces(
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
        if (!(value instanceof Uint8Array)) throw new UsageError("source", "must yield Uint8Arrays");
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
    // A stalled source may never end its current read, so closing is not awaited.
    if (isReading) closed?.catch(() => undefined);
    else await closed;
  };
  return { size, modifiedMs: undefined, fill, isUnchanged: async () => true, close };
}

/** Iterates over a stream, even in runtimes in which a `ReadableStream` is not iterable. */
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

const mib = 1024 ** 2;

export const maxImageBytes: number = 128 * 1024 ** 3;
/** The API description allows more, but the platform is reported to refuse it. */
const reportedMaxBytes = 75 * 1024 ** 3;
const minPartBytes = 5 * mib;
const defaultPartBytes = 64 * mib;
const maxParts = 10_000;

/**
 * Bytes of every part but the last. The API does not document it. These are the sizes that the vendor's own tool uses: one part up to 64 MiB, else
 * parts of 64 MiB, or larger ones where more than 10,000 would be needed.
 */
export function choosePartSize(size: number | undefined, asked: number | undefined): number {
  if (asked !== undefined && !(Number.isSafeInteger(asked) && asked >= minPartBytes)) {
    throw new UsageError("options.partSize", `must be at least ${minPartBytes} bytes (5 MiB)`);
  }
  const partSize = Math.max(asked ?? defaultPartBytes, Math.ceil((size ?? 0) / maxParts));
  return size === undefined ? partSize : Math.min(partSize, size);
}

/** Checks the size before anything is created, if it is known. */
export function checkImageSize(size: number): void {
  if (size === 0) throw new UsageError("source", "is empty");
  if (size > maxImageBytes)
    throw new UsageError("source", `has ${size} bytes; an image may have at most ${maxImageBytes} (128 GiB)`);
}

/** Returns a warning for a size that the platform may refuse. */
export function sizeWarning(size: number | undefined): string | undefined {
  if (size === undefined || size <= reportedMaxBytes) return undefined;
  return `the image has more than ${reportedMaxBytes} bytes (75 GiB). The platform is reported to refuse such images, although its API allows 128 GiB.`;
}

/** The record of an upload, stored beside the file. It contains no token and no URL. */
export interface Manifest {
  readonly version: 1;
  readonly workspace: string;
  readonly name: string;
  readonly size: number;
  readonly modifiedMs: number;
  readonly partSize: number;
  /** Absent while it is not certain whether the image was created. */
  readonly imageId?: string;
  /** SHA-256 of each stored part, by part number. */
  readonly parts: Readonly<Record<string, string>>;
  /** SHA-256 of the whole file, once all parts are stored. */
  readonly sha256?: string;
}

/** The storage of a manifest. */
export interface ManifestStore {
  /** The path, for messages. */
  readonly place: string;
  read(): Promise<Manifest | undefined>;
  write(manifest: Manifest): Promise<void>;
  remove(): Promise<void>;
}

/** Parses a manifest, which may be damaged, for example by a full disk or an editor. */
export function parseManifest(text: string, place: string): Manifest {
  const manifest = parseJson(text);
  if (isManifest(manifest)) return manifest;
  const message = `${place} is damaged or from another version of this package. Remove it to start a new upload; the image that it belongs to stays incomplete.`;
  throw new TransferError("record", message, undefined, { path: place });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isManifest(value: unknown): value is Manifest {
  if (!isObject(value)) return false;
  const { version, workspace, name, size, modifiedMs, partSize, imageId, parts, sha256 } = value;
  return (
    version === 1 &&
    typeof workspace === "string" &&
    typeof name === "string" &&
    isCount(size) &&
    typeof modifiedMs === "number" &&
    isCount(partSize) &&
    partSize > 0 &&
    partSize <= size &&
    size / partSize <= maxParts &&
    (imageId === undefined || (typeof imageId === "string" && imageId !== "")) &&
    isObject(parts) &&
    Object.entries(parts).every(([part, hash]) => /^[1-9]\d{0,4}$/.test(part) && isHash(hash)) &&
    (sha256 === undefined || isHash(sha256))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isHash(value: unknown): boolean {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}

/** The manifest of one upload. Without a store it exists only in memory. */
export class UploadRecord {
  readonly #store: ManifestStore | undefined;
  #manifest: Manifest;
  #written: Promise<void> = Promise.resolve();
  /** Whether an earlier process has started this upload. */
  readonly resumed: boolean;

  constructor(store: ManifestStore | undefined, manifest: Manifest, resumed: boolean) {
    this.#store = store;
    this.#manifest = manifest;
    this.resumed = resumed;
  }

  /** The path, for messages; `undefined` without a store. */
  get place(): string | undefined {
    return this.#store?.place;
  }

  /** Whether the record outlives the process, so that each part needs a hash. */
  get isPersistent(): boolean {
    return this.#store !== undefined;
  }

  get current(): Manifest {
    return this.#manifest;
  }

  /** Updates the manifest. Writes are serialized, because parts are completed in any order. */
  update(change: Partial<Manifest>): Promise<void> {
    this.#manifest = { ...this.#manifest, ...change };
    const manifest = this.#manifest;
    this.#written = this.#written.then(() => this.#store?.write(manifest));
    return this.#written;
  }

  partStored(part: number, sha256: string): Promise<void> {
    return this.update({ parts: { ...this.#manifest.parts, [part]: sha256 } });
  }

  remove(): Promise<void> {
    return this.#written.then(() => this.#store?.remove());
  }

  /** Removes the record of an upload that did not start, unless another process has written its own record in the meantime. */
  async removeIfUnstarted(): Promise<void> {
    await this.#written;
    if ((await this.#store?.read())?.imageId === undefined) await this.#store?.remove();
  }
}

/** The options that a record must match. */
interface RecordRequest extends Pick<Manifest, "workspace" | "name" | "partSize"> {
  readonly imageId: string | undefined;
}

/** Continues the upload of an earlier process, or starts one. Throws `TransferError` when the record belongs to another upload, or the file has changed. */
export async function openRecord(
  store: ManifestStore | undefined,
  source: OpenSource,
  { imageId, ...request }: RecordRequest,
): Promise<UploadRecord> {
  const { size = 0, modifiedMs = 0 } = source;
  const found = await store?.read();
  if (found === undefined) {
    const record = new UploadRecord(store, { version: 1, ...request, size, modifiedMs, parts: {} }, false);
    // Written before the image is created, so that after a crash in between, the next call knows that the image may exist.
    await record.update({});
    return record;
  }
  const place = store?.place ?? "";
  if (found.workspace !== request.workspace || found.name !== request.name) {
    const message = `${place} belongs to another upload ("${found.name}" in ${found.workspace}). Finish that one, or remove the file.`;
    throw new TransferError("state", message, found.imageId, { path: place });
  }
  if (imageId !== undefined && found.imageId !== undefined && found.imageId !== imageId) {
    const message = `${place} belongs to an upload to image ${found.imageId}, not ${imageId}. Omit \`imageId\` to continue that one, or remove the file.`;
    throw new TransferError("record", message, found.imageId, { path: place });
  }
  if (found.size !== size || found.modifiedMs !== modifiedMs) throw sourceChanged(found.imageId, place);
  return new UploadRecord(store, found, true);
}

export function sourceChanged(imageId: string | undefined, place: string | undefined): TransferError {
  const next = place === undefined ? "" : ` Delete the image and ${place}, and start again.`;
  return new TransferError("source_changed", `the file has changed since the upload began.${next}`, imageId);
}
