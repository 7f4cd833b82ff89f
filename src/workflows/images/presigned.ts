import { AbortError } from "../../wrappers/errors.js";
import type { Fetch } from "../../wrappers/options.js";
import { isLoopback } from "../../wrappers/options.js";
import { isRetryableStatus, retryAfterMs, systemError } from "../../wrappers/retry.js";
import { AbortReason, withinLimits } from "../../wrappers/timeout.js";
import { longestAskedMs, type Pace } from "../pace.js";

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

/** Sends to a presigned URL. There is no token in it, and none is added: whoever has the URL may use it, nobody else gets to know us. */
export function request(wire: Wire, url: string, init: RequestInit): Promise<Response> {
  const { protocol, hostname } = new URL(url);
  if (protocol !== "https:" && !(protocol === "http:" && isLoopback(hostname)))
    throw new WireFailure("the service gave a URL that is not https", false);
  return (wire.fetch ?? globalThis.fetch)(url, { ...init, redirect: "manual" });
}
