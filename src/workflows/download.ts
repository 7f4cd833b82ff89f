import type { Resources } from "../generated/resources/index.js";
import type { ImageDownload } from "../generated/types.js";
import { aDuration, aFlag, aFunction, type Checks, readOptions } from "../wrappers/checks.js";
import { UsageError } from "../wrappers/errors.js";
import type { Fetch } from "../wrappers/options.js";
import { isSuccess } from "../wrappers/retry.js";
import { TransferError } from "./errors.js";
import { isTransient, Pace, type PaceOptions, pacedChecks, sha256 } from "./runtime.js";
import {
  createFailure,
  PresignedRequestFailure,
  type Progress,
  runWithinLimits,
  sendRequest,
  type Transfer,
} from "./transfer.js";

const oneMinuteMs = 60_000;
/** Maximum number of consecutive failures without progress. */
const maxRetries = 5;

export interface DownloadOptions extends PaceOptions {
  /** Called after each piece is written. It may be async; its error ends the download. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Milliseconds to wait for the response, and for each piece of its body. @default 60000 */
  readonly timeoutMs?: number | undefined;
  /** The `fetch` that reads from presigned URLs. @default `globalThis.fetch` */
  readonly fetch?: Fetch | undefined;
  /** For paths: whether to replace an existing file, once the new one is verified. @default false */
  readonly overwrite?: boolean | undefined;
}

const downloadChecks: Checks<DownloadOptions> = /* @__PURE__ */ pacedChecks<DownloadOptions>({
  onProgress: aFunction,
  timeoutMs: aDuration,
  fetch: aFunction,
  overwrite: aFlag,
});

export interface DownloadedImage {
  readonly size: number;
  /** The verified SHA-256, in hexadecimal. */
  readonly sha256: string;
}

/**
 * Downloads an image to a file or a stream, and verifies its SHA-256.
 *
 * If the connection fails, the download continues at its offset, from a new URL, up to 5 times without progress. For a path, the bytes are written to
 * `PATH.part`; after a crash the same call continues there. `PATH` appears only after the bytes on disk were read back and verified, and never
 * replaces a file unless `overwrite` is set. While a download to a path runs, a second one fails with `busy`, in this process or another:
 * `PATH.part.lock` names its owner, and is ignored once that process has ended. Bytes of another image are removed. The token is never sent to a
 * presigned URL.
 *
 * Calls `images.download` (`GET /preview/v2/images/{id}/download`). Read-only for the service, so a repeat is safe.
 * @throws {ApiError} `conflict` when the image is not completed, `not_found` when the image does not exist
 * @throws {TransferError} `failed`, `checksum`, `state`; for a path also `busy`, `exists`, `target`, with the `path`
 * @throws {UsageError} when the target is neither a path nor a `WritableStream`
 * @throws {TimeoutError} at `deadlineMs`
 * @throws {AbortError} when `signal` aborts
 */
export async function downloadImage(
  sfc: Pick<Resources, "images">,
  idOrPath: string,
  target: string | WritableStream<Uint8Array>,
  options: DownloadOptions = {},
): Promise<DownloadedImage> {
  options = readOptions(options, downloadChecks);
  checkTarget(target);
  const pace = new Pace(options);
  // Called before the target is opened, so that an image that cannot be downloaded leaves no file.
  const image = await sfc.images.download(idOrPath, pace.callOptions());
  const opened = await openTarget(target, {
    imageId: idOrPath,
    sizeBytes: image.size,
    overwrite: options.overwrite ?? false,
    pace,
  });
  const path = typeof target === "string" ? target : undefined;
  const download = new Download(sfc, idOrPath, image, opened, path, options, pace);
  try {
    await download.run();
    await opened.finish();
  } catch (error) {
    await (TransferError.is(error) && error.reason === "checksum" ? opened.discard() : opened.keep());
    throw error;
  }
  return { size: image.size, sha256: image.sha256 };
}

/** One call of `downloadImage`. */
class Download {
  readonly #sfc: Pick<Resources, "images">;
  readonly #id: string;
  readonly #image: ImageDownload;
  readonly #target: DownloadTarget;
  readonly #options: DownloadOptions;
  readonly #transfer: Transfer;
  readonly #path: string | undefined;
  #url: string | undefined;
  #offset = 0;

  constructor(
    sfc: Pick<Resources, "images">,
    id: string,
    image: ImageDownload,
    target: DownloadTarget,
    path: string | undefined,
    options: DownloadOptions,
    pace: Pace,
  ) {
    this.#sfc = sfc;
    this.#id = id;
    this.#image = image;
    this.#target = target;
    this.#path = path;
    this.#options = options;
    const { fetch, signal = new AbortController().signal, timeoutMs = oneMinuteMs } = options;
    this.#transfer = { fetch, pace, signal, timeoutMs };
    this.#url = image.url;
  }

  async run(): Promise<void> {
    const { storedBytes, restart } = this.#target;
    // More bytes than the image has are certainly those of another image.
    if (storedBytes > this.#image.size) await restart?.();
    else this.#offset = storedBytes;
    const resumed = this.#offset > 0;
    if (await this.#isComplete()) return;
    if (!resumed || !restart) throw this.#corrupt();
    await restart();
    this.#offset = 0;
    if (!(await this.#isComplete())) throw this.#corrupt();
  }

  /** Downloads what is missing. Returns whether the stored bytes have the image's SHA-256. */
  async #isComplete(): Promise<boolean> {
    for (let failures = 0; this.#offset < this.#image.size; ) {
      const before = this.#offset;
      try {
        await this.#fetchRest();
      } catch (error) {
        failures = this.#offset > before ? 1 : failures + 1;
        const isRetryable = error instanceof PresignedRequestFailure ? error.isRetryable : isTransient(error);
        if (!isRetryable || failures > maxRetries || this.#transfer.pace.isOver()) throw this.#failed(error, failures);
        await this.#transfer.pace.backoff(failures - 1, error);
      }
    }
    return (await this.#target.hash()) === this.#image.sha256;
  }

  /** Requests all bytes from the offset on, and writes those that are received. */
  async #fetchRest(): Promise<void> {
    const url = this.#url ?? (await this.#freshUrl());
    // A URL is used for one attempt, because a failure may mean that it has expired.
    this.#url = undefined;
    const response = await runWithinLimits(this.#transfer, async (signal) => {
      const headers = { range: `bytes=${this.#offset}-` };
      const received = await sendRequest(this.#transfer, url, { signal, headers });
      if (received.body === null || "getReader" in received.body) return received;
      throw new PresignedRequestFailure("the body that the fetch returned is not a ReadableStream", false);
    });
    const end = this.#endOf(response);
    if (end === undefined) {
      response.body?.cancel().catch(() => undefined);
      throw isSuccess(response.status)
        ? new PresignedRequestFailure("the server ignored the requested range", false)
        : createFailure(this.#transfer, response);
    }
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    try {
      while (this.#offset < this.#image.size) {
        const { value, done } = await runWithinLimits(this.#transfer, () => reader.read());
        if (done) throw new PresignedRequestFailure("the response ended too early", true);
        if (this.#offset + value.length > end)
          throw new PresignedRequestFailure("the response is longer than its range", false);
        await this.#take(value);
      }
    } finally {
      reader.cancel().catch(() => undefined);
    }
  }

  async #take(bytes: Uint8Array): Promise<void> {
    await this.#target.write(bytes, this.#offset);
    this.#offset += bytes.length;
    const progress = { doneBytes: this.#offset, totalBytes: this.#image.size };
    await this.#transfer.pace.settle(this.#options.onProgress?.(progress));
  }

  /** The offset at which the bytes of a response end; `undefined` when they do not start at the current offset. */
  #endOf({ status, headers, body }: Response): number | undefined {
    const imageSize = this.#image.size;
    if (body === null) return undefined;
    if (status === 200) return this.#offset === 0 ? imageSize : undefined;
    const [, from, to, size = "*"] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers.get("content-range") ?? "") ?? [];
    const isNext = status === 206 && Number(from) === this.#offset && Number(to) < imageSize;
    return isNext && (size === "*" || Number(size) === imageSize) ? Number(to) + 1 : undefined;
  }

  async #freshUrl(): Promise<string> {
    const { url, sha256, size } = await this.#sfc.images.download(this.#id, this.#transfer.pace.callOptions());
    if (sha256 === this.#image.sha256 && size === this.#image.size) return url;
    throw new TransferError("state", `image ${this.#id} has changed during the download.`, this.#id);
  }

  #failed(error: unknown, attempts: number): unknown {
    if (!(error instanceof PresignedRequestFailure)) return error;
    const message = `the download failed: ${error.reason}.`;
    return new TransferError("failed", message, this.#id, { attempts, path: this.#path });
  }

  #corrupt(): TransferError {
    const message = `the bytes of image ${this.#id} do not have its SHA-256; they were removed. Download it again.`;
    return new TransferError("checksum", message, this.#id, { path: this.#path });
  }
}

/** The target of a download. */
export interface DownloadTarget {
  /** Bytes that an earlier download has stored. */
  readonly storedBytes: number;
  write(bytes: Uint8Array, offset: number): Promise<void>;
  /** Removes the stored bytes; `undefined` for a target that cannot remove them. */
  readonly restart: (() => Promise<void>) | undefined;
  /** SHA-256 of the stored bytes. */
  hash(): Promise<string>;
  /** Called when all bytes are stored and verified. */
  finish(): Promise<void>;
  /** Called when the bytes are wrong. */
  discard(): Promise<void>;
  /** Called when the download failed, so that the next one can continue. */
  keep(): Promise<void>;
}

/** The values that are needed to open a target. */
export interface TargetRequest {
  readonly imageId: string;
  readonly sizeBytes: number;
  readonly overwrite: boolean;
  readonly pace: Pace;
}

/** Checks the target before the first request. */
function checkTarget(target: unknown): void {
  if (typeof target === "string" ? target !== "" && !target.includes("\0") : isUnlockedStream(target)) return;
  throw new UsageError("target", "must be the path of a file, or a WritableStream that is not locked");
}

function isUnlockedStream(target: unknown): boolean {
  const { getWriter, locked } = (target ?? {}) as Partial<WritableStream>;
  return typeof getWriter === "function" && locked === false;
}

async function openTarget(
  target: string | WritableStream<Uint8Array>,
  request: TargetRequest,
): Promise<DownloadTarget> {
  if (typeof target === "string") return (await import("./node-download.js")).openPartialFile(target, request);
  const writer = target.getWriter();
  const hash = await sha256();
  const { pace } = request;
  // Not awaited, because a stalled stream aborts only after its current write.
  const abort = async () => {
    writer.abort(new Error("the download did not complete")).catch(() => undefined);
  };
  return {
    storedBytes: 0,
    write: async (bytes) => {
      await pace.within(() => writer.write(bytes));
      hash.update(bytes);
    },
    restart: undefined,
    hash: async () => hash.hex(),
    finish: () => pace.within(() => writer.close()),
    discard: abort,
    keep: abort,
  };
}
