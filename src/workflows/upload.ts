import type { Resources } from "../generated/resources/index.js";
import type { ImageUpload } from "../generated/types.js";
import {
  aDuration,
  aFunction,
  aPositiveCount,
  aText,
  type Checks,
  checkedElsewhere,
  checkValue,
  readOptions,
} from "../wrappers/checks.js";
import { AbortError, ApiError, SfcError } from "../wrappers/errors.js";
import type { Fetch } from "../wrappers/options.js";
import { TransferError } from "./errors.js";
import { findByPath, isInWorkspace, resolveWorkspaceScope } from "./references.js";
import {
  type Hash,
  isTransient,
  maxRequestedDelayMs,
  Pace,
  type PaceOptions,
  pacedChecks,
  requestedDelayMs,
  sha256,
} from "./runtime.js";
import { PartBuffers, type Progress, sendPart, type Transfer } from "./transfer.js";
import {
  checkImageSize,
  choosePartSize,
  type ImageSource,
  type ManifestStore,
  maxImageBytes,
  type OpenSource,
  openRecord,
  openSource,
  sizeWarning,
  sourceChanged,
  type UploadRecord,
} from "./upload-source.js";

const fifteenMinutesMs = 15 * 60_000;
/** A part is read in pieces of this size, so that other work can run in between. */
const pieceBytes = 4 * 1024 ** 2;

export interface UploadOptions extends PaceOptions {
  /** Id or resource path. */
  readonly workspace: string;
  readonly name: string;
  /** Called after each stored part. It may be async; its error ends the upload. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Called at most once, with a warning: the image has more than 75 GiB, which the platform is reported to refuse. @default `console.warn` */
  readonly onWarning?: ((message: string) => void) | undefined;
  /**
   * Continues this image instead of creating one, for example the one that a `TransferError` with reason `unconfirmed` names. Set it only if no one else
   * uploads to the image. Parts of an earlier upload are replaced if `partSize` is the same; if other parts remain, the upload fails at its end.
   */
  readonly imageId?: string | undefined;
  /** Number of parts in flight, and of part buffers in memory, which have 64 MiB each by default. @default 4 */
  readonly concurrency?: number | undefined;
  /** Bytes of a part, at least 5 MiB. Lower it to use less memory. @default 64 MiB, or more when the image would need over 10,000 parts */
  readonly partSize?: number | undefined;
  /**
   * For paths: record the stored parts in `PATH.sfc-upload.json`, or in the file named here, so that the same call continues after a crash. `false`: no record.
   * @default true
   */
  readonly resume?: boolean | string | undefined;
  /** Milliseconds for one attempt to upload one part. @default 900000 */
  readonly timeoutMs?: number | undefined;
  /** The `fetch` that sends parts to their presigned URLs. @default `globalThis.fetch` */
  readonly fetch?: Fetch | undefined;
}

const uploadChecks: Checks<UploadOptions> = /* @__PURE__ */ pacedChecks<UploadOptions>({
  workspace: aText,
  name: aText,
  imageId: aText,
  onProgress: aFunction,
  onWarning: aFunction,
  concurrency: aPositiveCount,
  // Checked later, together with the size of the source.
  partSize: checkedElsewhere,
  resume: [
    (value) => typeof value === "boolean" || (typeof value === "string" && value !== ""),
    "must be true, false or a path",
  ],
  timeoutMs: aDuration,
  fetch: aFunction,
});

type Client = Pick<Resources, "images" | "workspaces">;

/**
 * Uploads an image from a file, a `Blob` or a stream, and completes it.
 *
 * ```ts
 * const image = await uploadImage(sfc, "trainer.qcow2", { workspace, name: "trainer-2", onProgress: console.log });
 * ```
 *
 * The source is read once, for the bytes and their SHA-256. Memory holds only the parts in flight. A part that fails is sent again to a new URL, up
 * to 5 times. The token is never sent to a presigned URL.
 *
 * An existing image with the name is never written to, unless `imageId` names it. If a response is lost and it is not certain whether this upload
 * created the image, the call throws a `TransferError` with reason `unconfirmed` and the image's id.
 *
 * Repeating the call is safe. From a path it continues after a crash: stored parts are read again to compute the hash, but not uploaded again. A file
 * whose size, modification time or content has changed is refused. From a `Blob` or a stream, or with `resume: false`, a repeat does not continue: it
 * ends with `conflict`, because the name is taken.
 *
 * Calls `images.create`, `images.createUploadPart` and `images.complete`; `images.get` to resume, with `imageId` and after a lost response;
 * `workspaces.get` for a workspace's id after a lost response; `images.download` with `imageId`. The service does not check the hash before an
 * instance boots.
 * @throws {ApiError} `conflict` when the workspace has an image with this name; nothing was uploaded then
 * @throws {UsageError} when a file or `Blob` is empty, cannot be read or is larger than 128 GiB; for a stream, a `TransferError` `wrong_size` once
 * that is known
 * @throws {TransferError} `failed`, `source_changed`, `wrong_size`, `state`, `unconfirmed`; `record` when the file with the upload's progress is damaged
 * @throws {TimeoutError} at `deadlineMs`
 * @throws {AbortError} when `signal` aborts; `ambiguous: true` when the image may have been created
 */
export async function uploadImage(sfc: Client, source: ImageSource, options: UploadOptions): Promise<ImageUpload> {
  options = readOptions(options, uploadChecks);
  checkValue(options.workspace, aText, "options.workspace");
  checkValue(options.name, aText, "options.name");
  const { concurrency = 4 } = options;
  const { imageId } = options;
  const opened = await openSource(source);
  try {
    if (opened.size !== undefined) checkImageSize(opened.size);
    const record = await openRecord(await openStore(source, options), opened, {
      workspace: options.workspace,
      name: options.name,
      partSize: choosePartSize(opened.size, options.partSize),
      imageId,
    });
    return await new Upload(sfc, opened, record, options, concurrency).run();
  } finally {
    await opened.close();
  }
}

async function openStore(source: ImageSource, { resume = true }: UploadOptions): Promise<ManifestStore | undefined> {
  if (typeof source !== "string" || resume === false) return undefined;
  const { manifestFile } = await import("./node-files.js");
  return manifestFile(typeof resume === "string" ? resume : `${source}.sfc-upload.json`);
}

/** One call of `uploadImage`. */
class Upload {
  readonly #sfc: Client;
  readonly #source: OpenSource;
  readonly #record: UploadRecord;
  readonly #options: UploadOptions;
  readonly #concurrency: number;
  readonly #pace: Pace;
  readonly #stop = new AbortController();
  #failure: { readonly error: unknown } | undefined;
  #doneBytes = 0;
  #readBytes = 0;
  #warned = false;

  constructor(sfc: Client, source: OpenSource, record: UploadRecord, options: UploadOptions, concurrency: number) {
    this.#sfc = sfc;
    this.#source = source;
    this.#record = record;
    this.#options = options;
    this.#concurrency = concurrency;
    this.#pace = new Pace(options);
  }

  async run(): Promise<ImageUpload> {
    await this.#warnAbout(this.#source.size);
    const image = await this.#findOrCreateImage();
    const { sha256: known } = this.#record.current;
    // An earlier process completed the image, and ended before it removed its record.
    if (image.upload_status === "completed" && known !== undefined && image.sha256 === known)
      return this.#finish(image);
    if (!takesParts(image)) throw this.#stateError(image);
    const hash = await this.#sendAll(image.id);
    if (!(await this.#source.isUnchanged())) throw sourceChanged(image.id, undefined);
    await this.#record.update({ sha256: hash });
    return this.#finish(await this.#complete(image.id, hash));
  }

  async #finish(image: ImageUpload): Promise<ImageUpload> {
    const storedBytes = this.#options.imageId === undefined ? undefined : await this.#storedBytes(image.id);
    await this.#record.remove();
    const sentBytes = this.#source.size ?? this.#readBytes;
    if (storedBytes === undefined || storedBytes === sentBytes) return image;
    const message = `image ${image.id} has ${storedBytes} bytes, but the source has ${sentBytes}: parts of another upload are in it. Delete the image and upload again.`;
    throw new TransferError("state", message, image.id);
  }

  /** Reads the size of an image that this upload did not create, because it may contain parts that others stored. */
  async #storedBytes(imageId: string): Promise<number> {
    return (await this.#sfc.images.download(imageId, this.#pace.callOptions())).size;
  }

  /** Returns the image to upload to: the image of the record, the one with the id `imageId`, or a new one. */
  async #findOrCreateImage(): Promise<ImageUpload> {
    const { imageId, workspace, name } = this.#record.current;
    if (imageId !== undefined) return this.#recordedImage(imageId);
    try {
      const image = await this.#newImage(workspace, name);
      await this.#record.update({ imageId: image.id });
      return image;
    } catch (error) {
      // Nothing was created, and without the record the next call does not assume that the image may exist.
      if (!this.#record.resumed && !(SfcError.is(error) && error.ambiguous)) await this.#record.removeIfUnstarted();
      throw error;
    }
  }

  async #newImage(workspace: string, name: string): Promise<ImageUpload> {
    const { imageId } = this.#options;
    const { resumed } = this.#record;
    if (imageId === undefined) return createImage(this.#sfc, { workspace, name, resumed }, this.#pace);
    const image = await readImage(this.#sfc, { workspace, name, imageId }, this.#pace);
    if (!takesParts(image)) throw this.#stateError(image);
    return image;
  }

  async #recordedImage(imageId: string): Promise<ImageUpload> {
    try {
      return await this.#sfc.images.get(imageId, this.#pace.callOptions());
    } catch (error) {
      if (!(ApiError.is(error) && error.status === 404)) throw error;
      const path = this.#record.place;
      const message = `image ${imageId}, which the record ${path} belongs to, no longer exists. Remove that file to start a new upload.`;
      throw new TransferError("state", message, imageId, { path, cause: error });
    }
  }

  #stateError({ id, upload_status }: ImageUpload): TransferError {
    const path = this.#record.current.imageId === undefined ? undefined : this.#record.place;
    const next = path === undefined ? "" : ` To start a new upload, remove ${path}.`;
    return new TransferError("state", `image ${id} is ${upload_status} and accepts no parts.${next}`, id, { path });
  }

  async #warnAbout(size: number | undefined): Promise<void> {
    const warning = sizeWarning(size);
    if (warning === undefined || this.#warned) return;
    this.#warned = true;
    const { onWarning = (message: string) => console.warn(message) } = this.#options;
    await this.#pace.settle(onWarning(warning));
  }

  /** Reads the source once and sends the parts that are not stored yet. Returns the SHA-256 of the image. */
  async #sendAll(imageId: string): Promise<string> {
    const { partSize } = this.#record.current;
    const { signal } = this.#options;
    const stop = this.#stop.signal;
    const transfer: Transfer = {
      fetch: this.#options.fetch,
      pace: this.#pace,
      signal: signal ? AbortSignal.any([signal, stop]) : stop,
      timeoutMs: this.#options.timeoutMs ?? fifteenMinutesMs,
    };
    const buffers = new PartBuffers(this.#concurrency, partSize);
    const sending = new Set<Promise<void>>();
    const whole = await sha256();
    for (let part = 1; this.#failure === undefined; part++) {
      const buffer = await buffers.take();
      if (this.#failure !== undefined) break;
      // A source that fails, or stalls until a limit ends the read, also cancels the parts in flight.
      const read = await this.#read(buffer, whole).catch((error: unknown) => this.#fail(error));
      if (read === undefined) break;
      const { bytes, partHash } = read;
      this.#readBytes += bytes.length;
      await this.#checkLength(imageId).catch((error: unknown) => this.#fail(error));
      const sent =
        bytes.length === 0 ? Promise.resolve() : this.#sendPartOnce(transfer, imageId, part, bytes, partHash);
      const done = sent
        .catch((error: unknown) => this.#fail(error))
        .finally(() => {
          sending.delete(done);
          buffers.release(buffer);
        });
      sending.add(done);
      if (bytes.length < buffer.length || this.#readBytes === this.#source.size) break;
    }
    await Promise.all(sending);
    if (this.#failure !== undefined) throw this.#failure.error;
    const readBytes = this.#readBytes;
    if (readBytes === 0 || (this.#source.size ?? readBytes) !== readBytes)
      throw wrongSize(imageId, readBytes, this.#source.size);
    return whole.hex();
  }

  /** Reads one part, and updates the hashes with its bytes. */
  async #read(
    buffer: Uint8Array<ArrayBuffer>,
    whole: Hash,
  ): Promise<{ bytes: Uint8Array<ArrayBuffer>; partHash: string }> {
    const own = this.#record.isPersistent ? await sha256() : undefined;
    let filled = 0;
    while (filled < buffer.length) {
      const piece = buffer.subarray(filled, filled + pieceBytes);
      const got = piece.subarray(0, await this.#pace.within(() => this.#source.fill(piece)));
      whole.update(got);
      own?.update(got);
      filled += got.length;
      if (got.length < piece.length) break;
    }
    return { bytes: buffer.subarray(0, filled), partHash: own?.hex() ?? "" };
  }

  /** Sends one part, unless an earlier process has stored it. */
  async #sendPartOnce(
    transfer: Transfer,
    imageId: string,
    part: number,
    bytes: Uint8Array<ArrayBuffer>,
    partHash: string,
  ): Promise<void> {
    const stored = this.#record.current.parts[part];
    // The content is compared, because the modification time of a changed file can be unchanged.
    if (stored !== undefined && stored !== partHash) throw sourceChanged(imageId, undefined);
    if (stored === undefined) {
      await sendPart(this.#sfc, transfer, imageId, part, bytes);
      await this.#record.partStored(part, partHash);
    }
    this.#doneBytes += bytes.length;
    const progress = { doneBytes: this.#doneBytes, totalBytes: this.#source.size };
    await this.#pace.settle(this.#options.onProgress?.(progress));
  }

  /** Records the first failure and cancels the other parts, whose errors are ignored. */
  #fail(error: unknown): undefined {
    this.#failure ??= { error };
    this.#stop.abort();
  }

  async #checkLength(imageId: string): Promise<void> {
    if (this.#readBytes > (this.#source.size ?? maxImageBytes))
      throw wrongSize(imageId, this.#readBytes, this.#source.size);
    await this.#warnAbout(this.#readBytes);
  }

  /** Completes the image. `images.complete` takes no idempotency key, so after a lost response the image itself shows whether the call took effect. */
  async #complete(imageId: string, hash: string): Promise<ImageUpload> {
    for (let retry = 0; ; retry++) {
      try {
        return await this.#sfc.images.complete(imageId, { sha256: hash }, this.#pace.callOptions());
      } catch (error) {
        const refused = ApiError.is(error) && !error.ambiguous && !isTransient(error);
        if (requestedDelayMs(error) > maxRequestedDelayMs) throw error;
        // The service's `Retry-After` also applies to `images.get`.
        await this.#pace.sleep(requestedDelayMs(error));
        if (!refused && !(isTransient(error) || (SfcError.is(error) && error.ambiguous))) throw error;
        const image = await this.#readImage(imageId);
        if (image?.upload_status === "completed" && image.sha256 === hash) return image;
        if (refused || retry === 4 || this.#pace.isOver()) throw error;
        await this.#pace.backoff(retry);
      }
    }
  }

  /** Reads the image. Returns `undefined` after a transient failure, once its `Retry-After` has passed. */
  async #readImage(imageId: string): Promise<ImageUpload | undefined> {
    try {
      return await this.#sfc.images.get(imageId, this.#pace.callOptions());
    } catch (error) {
      if (!isTransient(error)) throw error;
      await this.#pace.sleep(requestedDelayMs(error));
      return undefined;
    }
  }
}

function takesParts({ upload_status }: ImageUpload): boolean {
  return upload_status === "started" || upload_status === "uploading";
}

function wrongSize(imageId: string, readBytes: number, size: number | undefined): TransferError {
  const isComplete = readBytes < (size ?? maxImageBytes);
  const limit = size === undefined ? "an image may have at most" : "its reported size is";
  const what = isComplete ? `has ${readBytes} bytes` : `has more than ${size ?? maxImageBytes} bytes`;
  const message =
    readBytes === 0 ? "the source is empty." : `the source ${what}; ${limit} ${size ?? maxImageBytes} bytes.`;
  return new TransferError("wrong_size", message, imageId);
}

const maxAttempts = 4;

type ImageClient = Pick<Resources, "images" | "workspaces">;

/** The image to create. */
interface ImageRequest {
  readonly workspace: string;
  readonly name: string;
  /** Whether an earlier process may have created it. */
  readonly resumed: boolean;
}

/**
 * Creates the image to upload to. It never returns an image that is found only by its name: the image may be another caller's, and two uploads to one image
 * would mix their bytes.
 */
async function createImage(sfc: ImageClient, request: ImageRequest, pace: Pace): Promise<ImageUpload> {
  const { workspace, name } = request;
  let lost = false;
  for (let attempt = 1; ; attempt++) {
    try {
      return await sfc.images.create({ workspace, name }, pace.callOptions());
    } catch (error) {
      const isLost = SfcError.is(error) && error.ambiguous;
      const isTaken = ApiError.is(error) && error.status === 409 && (lost || request.resumed);
      if (AbortError.is(error)) throw lost ? aborted(name) : error;
      if (!isLost && !isTaken) throw lost ? unconfirmed(request, error) : error;
      lost ||= isLost;
      // A request whose response was lost may still be in progress, so wait before the lookup.
      if (isLost) await pause(pace, 1_000 * 2 ** (attempt - 1), request, error);
      const found = await findImage(sfc, request, pace, error);
      if (found || isTaken || attempt === maxAttempts || pace.isOver()) throw unconfirmed(request, error, found);
    }
  }
}

/** Reads the image with the id `imageId`, and checks that it has the name and workspace of the other options. */
async function readImage(
  { images }: ImageClient,
  { workspace, name, imageId }: { readonly workspace: string; readonly name: string; readonly imageId: string },
  pace: Pace,
): Promise<ImageUpload> {
  const image = await images.get(imageId, pace.callOptions());
  if (image.name === name && isInWorkspace(workspace, image)) return image;
  const message = `image ${imageId} is ${image.resource_path}, not "${name}" in ${workspace}. Nothing was sent: check \`imageId\`, \`name\` and \`workspace\`.`;
  throw new TransferError("state", message, imageId);
}

async function findImage(
  sfc: ImageClient,
  { workspace, name }: ImageRequest,
  pace: Pace,
  failure: unknown,
): Promise<{ readonly id: string } | undefined> {
  try {
    const scope = await resolveWorkspaceScope(sfc, workspace, pace.callOptions());
    return await findByPath(sfc.images, "image", scope, name, pace.callOptions());
  } catch (error) {
    throw AbortError.is(error) ? aborted(name) : unconfirmed({ workspace, name }, failure);
  }
}

/** Waits at least `leastMs`, and at least as long as `Retry-After` requests. */
async function pause(pace: Pace, leastMs: number, request: ImageRequest, failure: unknown): Promise<void> {
  const ms = Math.max(leastMs, requestedDelayMs(failure));
  if (ms > maxRequestedDelayMs) throw unconfirmed(request, failure);
  await pace.sleep(ms).catch(() => {
    throw aborted(request.name);
  });
  if (pace.isOver()) throw unconfirmed(request, failure);
}

function aborted(name: string): AbortError {
  const message = `aborted by the caller's signal; it is not certain whether image "${name}" was created.`;
  return new AbortError(message, { ambiguous: true });
}

function unconfirmed(
  { workspace, name }: Pick<ImageRequest, "workspace" | "name">,
  cause: unknown,
  found?: { readonly id: string },
): TransferError {
  const next = found
    ? `Image ${found.id} has this name, but another caller may have created it, so nothing was written to it. If it is yours and no one else uploads to it, set \`imageId\` to this id to continue; otherwise choose another name.`
    : "No image with this name was found. Call again to find out.";
  const message = `it is not certain whether this upload created image "${name}" in ${workspace}. ${next}`;
  return new TransferError("unconfirmed", message, found?.id, { cause, ambiguous: true });
}
