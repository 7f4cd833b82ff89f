import type { Resources } from "../generated/resources/index.js";
import { AbortError, SfcError } from "../wrappers/errors.js";
import type { Fetch } from "../wrappers/options.js";
import { isLoopback } from "../wrappers/options.js";
import { isRetryableStatus, retryAfterMs, systemError } from "../wrappers/retry.js";
import { AbortReason, withinLimits } from "../wrappers/timeout.js";
import { TransferError } from "./errors.js";
import { isPassing, longestAskedMs, type Pace } from "./runtime.js";

/** How far a transfer is. */
export interface Progress {
  /** Bytes that are where they belong, those of an earlier process included. */
  readonly doneBytes: number;
  /** `undefined` for a stream, whose end is not known. */
  readonly totalBytes: number | undefined;
}

/** How bytes are moved to and from presigned URLs. */
export interface Wire {
  readonly fetch: Fetch | undefined;
  readonly pace: Pace;
  /** Ends everything that is under way. */
  readonly signal: AbortSignal;
  /** Milliseconds for one request, or for one piece of a download. */
  readonly timeoutMs: number;
}

/** One request to a presigned URL failed. Its words hold nothing of the URL, whose query is a password. */
export class WireFailure {
  readonly why: string;
  /** Whether another attempt, with a fresh URL, may get through. */
  readonly passing: boolean;
  /** Milliseconds that the server asked to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(why: string, passing: boolean, retryAfterMs?: number) {
    this.why = why;
    this.passing = passing;
    this.retryAfterMs = retryAfterMs;
  }
}

/** 403 is what an expired URL answers; the rest are the usual passing faults. */
export function failureOf({ pace }: Wire, { status, headers }: Response): WireFailure {
  const asked = retryAfterMs(headers.get("retry-after"), pace.runtime.dateMs());
  const passing = (status === 403 || isRetryableStatus(status)) && (asked ?? 0) <= longestAskedMs;
  return new WireFailure(status < 400 ? "a redirect, which is not followed" : `status ${status}`, passing, asked);
}

/** Does `work` within the wire's limits. Throws `WireFailure`, or `AbortError` when it was ended from outside. */
export async function onWire<T>(wire: Wire, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { pace, signal, timeoutMs } = wire;
  const deadlineAt = pace.runtime.monotonicMs() + pace.remainingMs();
  try {
    return await withinLimits(pace.runtime, { signal, timeoutMs, deadlineAt }, work);
  } catch (failure) {
    if (failure instanceof WireFailure) throw failure;
    if (!(failure instanceof AbortReason)) throw new WireFailure(wordOf(failure), true);
    if (failure.why === "aborted") throw new AbortError("aborted by the caller's signal.", {});
    throw new WireFailure(`no answer within ${failure.why}`, failure.why === "timeoutMs");
  }
}

/** Only the system's word: a `fetch` may put the URL into its message. */
function wordOf(failure: unknown): string {
  return systemError(failure).code ?? "the connection broke";
}

/** Sends to a presigned URL. The URL contains its own authorization, so the token is not sent: it would only be disclosed to another server. */
export function request(wire: Wire, url: string, init: RequestInit): Promise<Response> {
  const { protocol, hostname } = new URL(url);
  if (protocol !== "https:" && !(protocol === "http:" && isLoopback(hostname)))
    throw new WireFailure("the service gave a URL that is not https", false);
  return (wire.fetch ?? globalThis.fetch)(url, { ...init, redirect: "manual" });
}

/** As many as the vendor's own tool makes. */
const maxRetries = 5;

/** Stores one part. Every attempt asks for a URL of its own, because the last one may have expired. */
export async function sendPart(
  { images }: Pick<Resources, "images">,
  wire: Wire,
  imageId: string,
  part: number,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  for (let retry = 0; ; retry++) {
    try {
      const call = { ...wire.pace.callOptions(), signal: wire.signal };
      const { url } = await images.createUploadPart(imageId, { part_id: part }, call);
      await put(wire, url, bytes);
      return;
    } catch (error) {
      const passing = error instanceof WireFailure ? error.passing : isPassing(error);
      if (!passing || retry === maxRetries || wire.pace.isOver())
        throw asTransferError(error, imageId, part, retry + 1);
      await wire.pace.backoff(retry, error);
    }
  }
}

async function put(wire: Wire, url: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  await onWire(wire, async (signal) => {
    const response = await request(wire, url, { method: "PUT", signal, ...partBody(bytes) });
    // Read, so that the connection can be used again.
    await response.text();
    if (!response.ok) throw failureOf(wire, response);
  });
}

function asTransferError(error: unknown, imageId: string, part: number, attempts: number): unknown {
  if (SfcError.is(error)) return error;
  const why = error instanceof WireFailure ? error.why : "unknown";
  return new TransferError("failed", `part ${part} did not get through: ${why}.`, imageId, { attempts });
}

const bodyPieceBytes = 256 * 1024;

/** How a part is handed to `fetch`. */
export interface PartBody {
  readonly body: BodyInit;
  readonly headers: Record<string, string>;
  /** Node asks for it with a stream. */
  readonly duplex?: "half";
}

/**
 * The body of one part. Node's `fetch` copies bytes that it is given whole, which would double the memory of all parts in flight; there it gets them in pieces, with the length
 * that object stores insist on. Other runtimes drop that header with a stream, and get the bytes.
 */
export function partBody(bytes: Uint8Array<ArrayBuffer>): PartBody {
  const headers = { "content-type": "application/octet-stream" };
  if (!isNode()) return { body: bytes, headers };
  return { body: inPieces(bytes), headers: { ...headers, "content-length": String(bytes.length) }, duplex: "half" };
}

function isNode(): boolean {
  const { process, Deno } = globalThis as { process?: { versions?: { node?: string; bun?: string } }; Deno?: unknown };
  return process?.versions?.node !== undefined && process.versions.bun === undefined && Deno === undefined;
}

function inPieces(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let sent = 0;
  return new ReadableStream(
    {
      pull: (controller) => {
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
 * A fixed number of part buffers, each used again and again: memory is bounded by them however large the image, and nothing waits for a
 * garbage collector.
 */
export class Slots {
  readonly #size: number;
  readonly #free: Uint8Array<ArrayBuffer>[] = [];
  readonly #waiting: ((buffer: Uint8Array<ArrayBuffer>) => void)[] = [];
  #unmade: number;

  constructor(count: number, size: number) {
    this.#unmade = count;
    this.#size = size;
  }

  async take(): Promise<Uint8Array<ArrayBuffer>> {
    const buffer = this.#free.pop();
    if (buffer) return buffer;
    if (this.#unmade > 0) {
      this.#unmade -= 1;
      return new Uint8Array(this.#size);
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  give(buffer: Uint8Array<ArrayBuffer>): void {
    const next = this.#waiting.shift();
    if (next) next(buffer);
    else this.#free.push(buffer);
  }
}
