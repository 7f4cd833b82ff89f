import type { Resources } from "../generated/resources/index.js";
import { AbortError, SfcError, TimeoutError } from "../wrappers/errors.js";
import type { Fetch } from "../wrappers/options.js";
import { isLoopback } from "../wrappers/options.js";
import { isRetryableStatus, isSuccess, retryAfterMs, systemError } from "../wrappers/retry.js";
import { AbortReason, withinLimits } from "../wrappers/timeout.js";
import { TransferError } from "./errors.js";
import { isTransient, maxRequestedDelayMs, type Pace } from "./runtime.js";

/** The progress of a transfer. */
export interface Progress {
  /** Bytes that are stored, including those from an earlier process. */
  readonly doneBytes: number;
  /** `undefined` for a stream, whose size is not known. */
  readonly totalBytes: number | undefined;
}

/** The `fetch`, deadline, signal and timeout for requests to presigned URLs. */
export interface Transfer {
  readonly fetch: Fetch | undefined;
  readonly pace: Pace;
  /** Aborts every request and wait. */
  readonly signal: AbortSignal;
  /** Milliseconds for one request to upload a part, or for one read of a download. */
  readonly timeoutMs: number;
}

/** A request to a presigned URL failed. Never contains the URL: its query is a credential. */
export class PresignedRequestFailure {
  readonly reason: string;
  /** Whether another attempt, with a new URL, may succeed. */
  readonly isRetryable: boolean;
  /** `Retry-After` of the response, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(reason: string, isRetryable: boolean, retryAfterMs?: number) {
    this.reason = reason;
    this.isRetryable = isRetryable;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Describes a failed response. 403 is retryable, because an expired URL returns it; the other retryable statuses are those of the API. */
export function createFailure({ pace }: Transfer, { status, headers }: Response): PresignedRequestFailure {
  const asked = retryAfterMs(headers.get("retry-after"), pace.runtime.dateMs());
  const isRetryable = (status === 403 || isRetryableStatus(status)) && (asked ?? 0) <= maxRequestedDelayMs;
  return new PresignedRequestFailure(
    status < 400 ? "a redirect, which is not followed" : `status ${status}`,
    isRetryable,
    asked,
  );
}

/** Runs `work` within the limits of the transfer. Throws `PresignedRequestFailure`, `TimeoutError` at the deadline, or `AbortError` when the signal aborts. */
export async function runWithinLimits<T>(transfer: Transfer, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { pace, signal, timeoutMs } = transfer;
  const deadlineAt = pace.runtime.monotonicMs() + pace.remainingMs();
  try {
    return await withinLimits(pace.runtime, { signal, timeoutMs, deadlineAt }, (interruption) =>
      work(interruption.signal),
    );
  } catch (failure) {
    if (failure instanceof PresignedRequestFailure) throw failure;
    if (!(failure instanceof AbortReason)) throw new PresignedRequestFailure(systemCode(failure), true);
    if (failure.why === "aborted") throw new AbortError("aborted by the caller's signal.", {});
    if (failure.why === "deadlineMs") throw new TimeoutError("the workflow's deadline was reached.", "deadlineMs", {});
    throw new PresignedRequestFailure(`no response within ${timeoutMs} ms`, true);
  }
}

/** Returns only the system's error code, because the message of a `fetch` error may contain the URL. */
function systemCode(failure: unknown): string {
  return systemError(failure).code ?? "the connection failed";
}

/** Sends a request to a presigned URL, without the token: the URL is its own credential, and a redirect, which could leak it, is not followed. */
export function sendRequest(transfer: Transfer, url: string, init: RequestInit): Promise<Response> {
  const { protocol, hostname } = new URL(url);
  if (protocol !== "https:" && !(protocol === "http:" && isLoopback(hostname)))
    throw new PresignedRequestFailure("the service returned a URL that is not https", false);
  return (transfer.fetch ?? globalThis.fetch)(url, { ...init, redirect: "manual" });
}

/** The number of retries that the vendor's own tool makes for one part. */
const maxRetries = 5;

/** Stores one part. Every attempt requests a new URL, because the previous one may have expired. */
export async function sendPart(
  { images }: Pick<Resources, "images">,
  transfer: Transfer,
  imageId: string,
  part: number,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  for (let retry = 0; ; retry++) {
    try {
      const call = { ...transfer.pace.callOptions(), signal: transfer.signal };
      const { url } = await images.createUploadPart(imageId, { part_id: part }, call);
      await put(transfer, url, bytes);
      return;
    } catch (error) {
      const isRetryable = error instanceof PresignedRequestFailure ? error.isRetryable : isTransient(error);
      if (!isRetryable || retry === maxRetries || transfer.pace.isOver())
        throw toTransferError(error, imageId, part, retry + 1);
      await transfer.pace.backoff(retry, error);
    }
  }
}

async function put(transfer: Transfer, url: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  await runWithinLimits(transfer, async (signal) => {
    const response = await sendRequest(transfer, url, { method: "PUT", signal, ...partBody(bytes, signal) });
    // The body is read, so that the connection can be reused.
    await response.text();
    if (!isSuccess(response.status)) throw createFailure(transfer, response);
  });
}

function toTransferError(error: unknown, imageId: string, part: number, attempts: number): unknown {
  if (SfcError.is(error)) return error;
  const reason = error instanceof PresignedRequestFailure ? error.reason : "unknown";
  return new TransferError("failed", `part ${part} could not be uploaded: ${reason}.`, imageId, { attempts });
}

const bodyPieceBytes = 256 * 1024;

/** The `fetch` options for the body of a part. */
export interface PartBody {
  readonly body: BodyInit;
  readonly headers: Record<string, string>;
  /** Node requires it for a stream. */
  readonly duplex?: "half";
}

/**
 * Creates the body of one part. Node's `fetch` copies a `Uint8Array`, which would double the memory of all parts in flight. So in Node the body is a stream,
 * with the `content-length` that object stores require. Other runtimes drop that header for a stream, so there the body is the bytes.
 */
function partBody(bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): PartBody {
  const headers = { "content-type": "application/octet-stream" };
  if (!isNode()) return { body: bytes, headers };
  return {
    body: inPieces(bytes, signal),
    headers: { ...headers, "content-length": String(bytes.length) },
    duplex: "half",
  };
}

function isNode(): boolean {
  const { process, Deno } = globalThis as { process?: { versions?: { node?: string; bun?: string } }; Deno?: unknown };
  return process?.versions?.node !== undefined && process.versions.bun === undefined && Deno === undefined;
}

function inPieces(bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): ReadableStream<Uint8Array<ArrayBuffer>> {
  let sent = 0;
  return new ReadableStream(
    {
      pull: (controller) => {
        // A `fetch` that ignores its signal may read on after the attempt has ended, when the buffer may contain another part.
        signal.throwIfAborted();
        if (sent >= bytes.length) return controller.close();
        const next = bytes.subarray(sent, sent + bodyPieceBytes);
        sent += next.length;
        controller.enqueue(next);
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * A fixed number of reusable part buffers. They limit the memory of an upload, whatever the size of the image and the timing of garbage collection.
 */
export class PartBuffers {
  readonly #size: number;
  readonly #free: Uint8Array<ArrayBuffer>[] = [];
  readonly #waiting: ((buffer: Uint8Array<ArrayBuffer>) => void)[] = [];
  #unallocated: number;

  constructor(count: number, size: number) {
    this.#unallocated = count;
    this.#size = size;
  }

  async take(): Promise<Uint8Array<ArrayBuffer>> {
    const buffer = this.#free.pop();
    if (buffer) return buffer;
    if (this.#unallocated > 0) {
      this.#unallocated -= 1;
      return new Uint8Array(this.#size);
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  release(buffer: Uint8Array<ArrayBuffer>): void {
    const next = this.#waiting.shift();
    if (next) next(buffer);
    else this.#free.push(buffer);
  }
}
