import { server } from "../generated/server.js";
import { aCount, aDuration, aFunction, anything, aSignal, aSize, type Checks, checkOptions } from "./checks.js";
import { UsageError } from "./errors.js";
import type { SfcEvent } from "./events.js";
import { KeyMemory } from "./idempotency.js";
import { RetryBudget } from "./retry.js";
import { AbortReason, type Limits } from "./timeout.js";

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
  /** EmittingCall about every request, answer, retry and failure; for logs and metrics. What it throws is ignored. */
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
  /** Ends the call at once, whether it sends, reads or waits, with an `AbortError`; that of `AbortSignal.timeout()` with a `TimeoutError`. */
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

/** Every default in one place. Times in milliseconds, sizes in bytes. */
const defaults = {
  baseUrl: server,
  timeoutMs: 60_000,
  maxRetries: 2,
  maxResponseBytes: 64 * 2 ** 20,
};

/** A client's options, checked, with what its calls share. */
export interface Settings {
  readonly baseUrl: string;
  readonly token: TokenSource;
  /** The token comes from a function, so that asking again may give another. */
  readonly tokenMayChange: boolean;
  readonly fetch: Fetch | undefined;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly maxRetries: number;
  readonly maxResponseBytes: number;
  readonly onEvent: ((event: SfcEvent) => void) | undefined;
  readonly runtime: Runtime;
  readonly keys: KeyMemory;
  readonly budget: RetryBudget;
}

const limitChecks = { timeoutMs: aDuration, deadlineMs: aDuration, maxRetries: aCount, maxResponseBytes: aSize };

// What is anything here is looked at where it is used.
export const clientChecks: Checks<ClientOptions> = {
  ...limitChecks,
  token: anything,
  baseUrl: anything,
  fetch: aFunction,
  onEvent: aFunction,
  allowInsecure: anything,
  dangerouslyAllowBrowser: anything,
  runtime: anything,
};

export const callChecks: Checks<KeyedCallOptions & ListOptions> = {
  ...limitChecks,
  signal: aSignal,
  headers: anything,
  idempotencyKey: anything,
  lookAhead: anything,
};

/** Checks a client's options. Throws `UsageError`, naming the option. */
export function readClientOptions(options: ClientOptions): Settings {
  checkOptions(options, clientChecks);
  refuseBrowser(options.dangerouslyAllowBrowser);
  return {
    baseUrl: checkBaseUrl(options.baseUrl ?? defaults.baseUrl, options.allowInsecure === true),
    token: tokenSource(options.token),
    tokenMayChange: typeof options.token === "function",
    fetch: options.fetch ?? undefined,
    timeoutMs: options.timeoutMs ?? defaults.timeoutMs,
    deadlineMs: options.deadlineMs ?? Number.POSITIVE_INFINITY,
    maxRetries: options.maxRetries ?? defaults.maxRetries,
    maxResponseBytes: options.maxResponseBytes ?? defaults.maxResponseBytes,
    onEvent: options.onEvent ?? undefined,
    runtime: { ...systemRuntime, ...withoutAbsent(options.runtime ?? {}) },
    keys: new KeyMemory(),
    budget: new RetryBudget(),
  };
}

/** What bounds one call. */
export type CallLimits = Limits & { readonly maxRetries: number; readonly maxResponseBytes: number };

/** The limits of one call, counted from now. Throws `UsageError`, naming the option. */
export function readCallOptions(settings: Settings, options: CallOptions = {}, stop?: AbortSignal): CallLimits {
  checkOptions(options, callChecks);
  return {
    signal: options.signal ?? undefined,
    stop,
    timeoutMs: options.timeoutMs ?? settings.timeoutMs,
    deadlineAt: settings.runtime.monotonicMs() + (options.deadlineMs ?? settings.deadlineMs),
    maxRetries: options.maxRetries ?? settings.maxRetries,
    maxResponseBytes: options.maxResponseBytes ?? settings.maxResponseBytes,
  };
}

/** A member that is `undefined` or null would hide the default. */
function withoutAbsent(runtime: Partial<Runtime>): Partial<Runtime> {
  return Object.fromEntries(Object.entries(runtime).filter(([, value]) => (value ?? undefined) !== undefined));
}

function refuseBrowser(allowed: boolean | null | undefined): void {
  if (!allowed && typeof (globalThis as { window?: { document?: unknown } }).window?.document === "object") {
    throw new UsageError(
      "options.dangerouslyAllowBrowser",
      "must be true in a web page, where every visitor can read the token",
    );
  }
}

const variables = ["SF_API_KEY", "SF_BEARER_TOKEN", "SFC_BEARER_AUTH"] as const;

/** Gives the token for one attempt. Rejects with `AbortReason`, because by then earlier attempts may have done something. */
export type TokenSource = () => string | Promise<string>;

/** Where the token comes from: the option, else the environment. Throws at once when there is none. */
export function tokenSource(option?: ClientOptions["token"] | null): TokenSource {
  const token = option ?? tokenFromEnvironment();
  if (typeof token === "function") return () => callToken(token);
  if (token === undefined) throw new UsageError("options.token", `no token; pass one, or set ${variables.join(", ")}`);
  if (!isToken(token)) throw new UsageError("options.token", unfit);
  return () => token;
}

function tokenFromEnvironment(): string | undefined {
  for (const name of variables) {
    try {
      const value = (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env?.[name];
      if (value) return value;
    } catch {
      // Deno throws where the environment may not be read.
    }
  }
  return undefined;
}

async function callToken(source: TokenSource): Promise<string> {
  let token: unknown;
  try {
    token = await source();
  } catch {
    // What it threw is not passed on: it may quote the secret it failed to get.
    throw new AbortReason("token", "the function that gives it failed");
  }
  if (isToken(token)) return token;
  throw new AbortReason("token", unfit);
}

const unfit = "must be a non-empty string of printable ASCII characters without spaces";

/** A header that does not fit makes the runtime's error quote it, token and all, so it is refused here, unquoted. */
function isToken(token: unknown): token is string {
  return typeof token === "string" && /^[!-~]+$/.test(token);
}

/** Whether a host, as `URL` writes it, is this machine. */
export function isLoopback(hostname: string): boolean {
  return /^((.+\.)?localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** The address without a trailing slash. The token leaves only over `https:` or to this machine, unless told otherwise. */
export function checkBaseUrl(baseUrl: string, allowInsecure: boolean): string {
  const { protocol, hostname = "", origin = "", pathname = "", href = "" } = urlFrom(baseUrl);
  const safe = protocol === "https:" || (protocol === "http:" && (isLoopback(hostname) || allowInsecure));
  // Whatever else an address can hold comes before or after these two.
  if (safe && href === origin + pathname) return href.replace(/\/+$/, "");
  throw new UsageError(
    "options.baseUrl",
    "must be https:, or http: to this machine (see allowInsecure), without credentials, query and fragment",
  );
}

/** An address; without any part where it is none. */
function urlFrom(text: string): Partial<URL> {
  try {
    return new URL(text);
  } catch {
    return {};
  }
}

/** Where time and chance come from. Tests put their own in; nothing else in the package asks the system. */
export interface Runtime {
  /** Milliseconds of a clock that never jumps back; for durations and deadlines. */
  monotonicMs(): number;
  /** Milliseconds since 1970; only for reading a date in `Retry-After`. */
  dateMs(): number;
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  /** A number in [0, 1), for jitter. */
  random(): number;
  /** A fresh idempotency key. */
  randomUUID(): string;
}

// Each global is looked up when it is used: loading the module touches nothing, and a test's fake clock counts.
export const systemRuntime: Runtime = {
  monotonicMs: () => performance.now(),
  dateMs: () => Date.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
  random: () => Math.random(),
  randomUUID: () => crypto.randomUUID(),
};
