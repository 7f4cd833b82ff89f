import type { SfcEvent } from "./wrappers/events.js";
import type { Runtime } from "./wrappers/runtime.js";

/** The part of `fetch` that the client calls: an address and plain settings in, a `Response` out. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** How a client is set up. Everything has a default. */
export interface ClientOptions {
  /**
   * The API token, or a function that gives it (called for each attempt, so a rotated token is picked up). After a 401 the function is called once
   * more, and a different token is sent once, whatever the operation: a request that was refused with 401 was not processed.
   * @default the first that is set of `SF_API_KEY`, `SF_BEARER_TOKEN`, `SFC_BEARER_AUTH` in the environment
   */
  token?: string | (() => string | Promise<string>) | undefined;
  /**
   * Where the service is. A path in it is kept, so a proxy's prefix works. Anything but `https:` or a loopback address needs `allowInsecure`.
   * @default the address that the API description names, today "https://api.sfcompute.com"
   */
  baseUrl?: string | undefined;
  /** What sends requests; called unbound. @default `globalThis.fetch`, looked up for each attempt */
  fetch?: Fetch | undefined;
  /**
   * Milliseconds one attempt may take, its body included. With retries a call can take `(maxRetries + 1)` times as long, and the waits
   * between; bound the whole with `deadlineMs`.
   * @default 60000
   */
  timeoutMs?: number | undefined;
  /** Milliseconds the whole call may take, waits and retries included. @default none */
  deadlineMs?: number | undefined;
  /**
   * Attempts after the first one. Only what may be repeated is: reads, writes with an idempotency key, writes of absolute values; any
   * other write only when it certainly was not processed.
   * @default 2
   */
  maxRetries?: number | undefined;
  /**
   * Bytes that a response body may have once it is decompressed. A larger one ends the call with a `DecodeError`; after a write that is `ambiguous`.
   * @default 67108864 (64 MiB)
   */
  maxResponseBytes?: number | undefined;
  /** Told about every request, answer, retry and failure; for logs and metrics. What it throws is ignored. */
  onEvent?: ((event: SfcEvent) => void) | undefined;
  /** Lets the token travel over plain `http:` to a host that is not this machine. @default false */
  allowInsecure?: boolean | undefined;
  /** Lets the client run in a web page, where every visitor can read the token. @default false */
  dangerouslyAllowBrowser?: boolean | undefined;
  /** Clock, timers and chance, for tests that must not wait. @default the system's */
  runtime?: Partial<Runtime> | undefined;
}

/** How one call differs from its client. */
export interface CallOptions {
  /** Ends the call at once, whether it sends, reads or waits, with an `AbortError`. */
  signal?: AbortSignal | undefined;
  /** Milliseconds one attempt may take, its body included. @default the client's */
  timeoutMs?: number | undefined;
  /** Milliseconds the whole call may take, waits and retries included. @default the client's */
  deadlineMs?: number | undefined;
  /** Attempts after the first one. @default the client's */
  maxRetries?: number | undefined;
  /** Bytes that the response body may have once it is decompressed. @default the client's */
  maxResponseBytes?: number | undefined;
  /** Further request headers, as a plain object. `authorization` and `idempotency-key` have options of their own and are refused here. */
  headers?: Readonly<Record<string, string>> | undefined;
}

/** Options of the operations that accept an idempotency key. */
export interface KeyedCallOptions extends CallOptions {
  /**
   * Names one logical write: the service answers a repeat with the first result. Give one that your own records remember (an order's id, a commit),
   * and a crash cannot buy twice. 1 to 255 printable ASCII characters. The same key with another body is refused before anything is sent.
   * @default a random UUID per call
   */
  idempotencyKey?: string | undefined;
}

/** Options of lists. Limits hold for each page, not for the whole iteration. */
export interface ListOptions extends CallOptions {
  /** Fetch the next page while the current one is being worked on; never more than one ahead. @default false */
  lookAhead?: boolean | undefined;
}
