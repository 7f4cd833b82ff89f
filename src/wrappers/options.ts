import { server } from "../generated/server.js";
import { version } from "../version.js";
import {
  aCount,
  aDuration,
  aFlag,
  aFunction,
  aSignal,
  aSize,
  type Check,
  type Checks,
  checkedElsewhere,
  checkOptions,
  checkValue,
  readOptions,
} from "./checks.js";
import { UsageError } from "./errors.js";
import type { SfcEvent } from "./events.js";
import { KeyMemory } from "./idempotency.js";
import type { Middleware } from "./middleware.js";
import { checkHeaders } from "./request.js";
import { RetryBudget } from "./retry.js";
import { AbortReason, type Limits } from "./timeout.js";

/** The part of `fetch` that the client uses: a URL and plain settings in, a `Response` out. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Options of a client. Every option has a default. */
export interface ClientOptions {
  /**
   * The API token, or a function that returns it. The function is called for each attempt, so a rotated token is picked up. After a 401 it is called once
   * more, and a different token is tried once, whatever the operation: a request that was refused with 401 was not processed.
   * @default the first of `SF_API_KEY`, `SF_BEARER_TOKEN`, `SFC_BEARER_AUTH` that is set in the environment
   */
  token?: string | (() => string | Promise<string>) | undefined;
  /**
   * The URL of the service. Its path is kept, so the prefix of a proxy works. Any URL but `https:` or a loopback address needs `allowInsecure`.
   * @default `SF_BASE_URL` from the environment, else the server that the API description names, today "https://api.sfcompute.com"
   */
  baseUrl?: string | undefined;
  /** Sends requests; called without a `this` value. @default `globalThis.fetch`, looked up for each attempt */
  fetch?: Fetch | undefined;
  /** Functions that wrap each attempt, the outermost first: to log, sign, cache or limit requests. @default none */
  middleware?: readonly Middleware[] | undefined;
  /**
   * Request headers of every call, as a plain object; the headers of a call override them. `authorization` and `idempotency-key` are refused: they
   * have options of their own.
   * @default `user-agent: sfc-preview-sdk/<version>`, outside of browsers
   */
  headers?: Readonly<Record<string, string>> | undefined;
  /**
   * Milliseconds that one attempt may take, its body included. With retries a call can take `(maxRetries + 1)` times as long, plus the delays
   * between them; limit the whole call with `deadlineMs`.
   * @default 60000
   */
  timeoutMs?: number | undefined;
  /** Milliseconds the whole call may take, waits and retries included. @default none */
  deadlineMs?: number | undefined;
  /**
   * Maximum number of retries. Reads, writes with an idempotency key and writes of absolute values are retried; any other write only when it was certainly
   * not processed. After a 401, a token function can add one attempt, which does not count as a retry.
   * @default 2
   */
  maxRetries?: number | undefined;
  /**
   * Largest response body in bytes, after decompression. A larger body of a success ends the call with a `DecodeError`, which is `ambiguous` after a write; a
   * larger body of an error status is not read, and the `ApiError` has the type `"unknown"`.
   * @default 67108864 (64 MiB)
   */
  maxResponseBytes?: number | undefined;
  /** Receives an event for each request, response, retry and end of a call, for logs and metrics. Errors that it throws are ignored. */
  onEvent?: ((event: SfcEvent) => void) | undefined;
  /** Allows the token to be sent over plain `http:` to a host other than this machine. @default false */
  allowInsecure?: boolean | undefined;
  /** Allows the client in a web page, where every visitor can read the token. @default false */
  dangerouslyAllowBrowser?: boolean | undefined;
  /** Clock, timers and random numbers, for tests that must not wait. @default the system's */
  runtime?: Partial<Runtime> | undefined;
}

/** Options of one call. */
export interface CallOptions {
  /** Ends the call at once with an `AbortError`, or, for `AbortSignal.timeout()`, with a `TimeoutError`. */
  signal?: AbortSignal | undefined;
  /** Milliseconds that one attempt may take, its body included. @default the client's */
  timeoutMs?: number | undefined;
  /** Milliseconds the whole call may take, waits and retries included. @default the client's */
  deadlineMs?: number | undefined;
  /** Maximum number of retries. @default the client's */
  maxRetries?: number | undefined;
  /** Largest response body in bytes, after decompression. @default the client's */
  maxResponseBytes?: number | undefined;
  /** More request headers, as a plain object. `authorization` and `idempotency-key` are refused: they have options of their own. */
  headers?: Readonly<Record<string, string>> | undefined;
}

/** Options of the operations that accept an idempotency key. */
export interface KeyedCallOptions extends CallOptions {
  /**
   * Identifies one logical write: the service returns the first result for a repeat. Use a value from your own records, such as a job's id, so that a repeat
   * after a crash does not buy twice. 1 to 255 printable ASCII characters. A client refuses a key that it has already used for another request.
   * @default a random UUID per call
   */
  idempotencyKey?: string | undefined;
}

/** Options of lists. Limits apply to each page, not to the whole iteration. */
export interface ListOptions extends CallOptions {
  /** Requests the next page while the current one is processed; never more than one ahead. @default false */
  lookAhead?: boolean | undefined;
}

/** The default values of the client's options. Times in milliseconds, sizes in bytes. */
const defaults = {
  baseUrl: server,
  timeoutMs: 60_000,
  maxRetries: 2,
  maxResponseBytes: 64 * 2 ** 20,
};

/** A client's options, checked, with the state that its calls share. */
export interface Settings {
  readonly baseUrl: string;
  readonly token: TokenSource;
  /** The token, unless it comes from a function. */
  readonly knownToken: string | undefined;
  readonly fetch: Fetch | undefined;
  readonly middleware: readonly Middleware[];
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly maxRetries: number;
  readonly maxResponseBytes: number;
  readonly onEvent: ((event: SfcEvent) => void) | undefined;
  readonly runtime: Runtime;
  readonly keys: KeyMemory;
  readonly budget: RetryBudget;
  /** The caller's options, and the values from the environment. `withOptions` inherits them. */
  readonly options: ClientOptions;
}

const aMiddlewareList: Check = [
  (value) => Array.isArray(value) && value.every((one) => typeof one === "function"),
  "must be a list of functions",
];

const limitChecks = { timeoutMs: aDuration, deadlineMs: aDuration, maxRetries: aCount, maxResponseBytes: aSize };

export const clientChecks: Checks<ClientOptions> = {
  ...limitChecks,
  token: checkedElsewhere,
  baseUrl: checkedElsewhere,
  fetch: aFunction,
  middleware: aMiddlewareList,
  headers: checkedElsewhere,
  onEvent: aFunction,
  allowInsecure: aFlag,
  dangerouslyAllowBrowser: aFlag,
  runtime: checkedElsewhere,
};

export const callChecks: Checks<KeyedCallOptions & ListOptions> = {
  ...limitChecks,
  signal: aSignal,
  headers: checkedElsewhere,
  idempotencyKey: checkedElsewhere,
  lookAhead: aFlag,
};

/**
 * Checks a client's options. Throws `UsageError`, naming the option. With `parent`, omitted options are inherited, and calls share the retry
 * budget and the key memory of the parent.
 */
export function readClientOptions(given: ClientOptions, parent?: Settings): Settings {
  const options: ClientOptions = { ...parent?.options, ...readOptions<ClientOptions>(given, clientChecks) };
  refuseBrowser(options.dangerouslyAllowBrowser);
  const baseUrl = readBaseUrl(options);
  const variable = options.token === undefined ? tokenVariables.find((name) => readEnvironment(name)) : undefined;
  const token = options.token ?? readEnvironment(variable);
  return {
    baseUrl,
    token: tokenSource(token, variable),
    knownToken: typeof token === "string" ? token : undefined,
    fetch: options.fetch,
    middleware: [...(options.middleware ?? [])],
    headers: {
      accept: "application/json",
      ...userAgentHeader(),
      ...(options.headers && checkHeaders(options.headers)),
    },
    timeoutMs: options.timeoutMs ?? defaults.timeoutMs,
    deadlineMs: options.deadlineMs ?? Number.POSITIVE_INFINITY,
    maxRetries: options.maxRetries ?? defaults.maxRetries,
    maxResponseBytes: options.maxResponseBytes ?? defaults.maxResponseBytes,
    onEvent: options.onEvent,
    runtime: readRuntime(options.runtime),
    keys: parent?.keys ?? new KeyMemory(),
    budget: parent?.budget ?? new RetryBudget(),
    options: { ...options, baseUrl, token },
  };
}

/** The limits of one call, and how often it is retried. */
export type CallLimits = Limits & { readonly maxRetries: number; readonly maxResponseBytes: number };

/** The limits of one call that starts now. Throws `UsageError`, naming the option. */
export function readCallOptions(settings: Settings, given?: CallOptions | null, stop?: AbortSignal | null): CallLimits {
  const options = given ?? {};
  if (options === given) checkOptions(options, callChecks);
  if (stop !== undefined && stop !== null) checkValue(stop, aSignal, "stop");
  return {
    signal: options.signal ?? undefined,
    stop: stop ?? undefined,
    timeoutMs: options.timeoutMs ?? settings.timeoutMs,
    deadlineAt: settings.runtime.monotonicMs() + (options.deadlineMs ?? settings.deadlineMs),
    maxRetries: options.maxRetries ?? settings.maxRetries,
    maxResponseBytes: options.maxResponseBytes ?? settings.maxResponseBytes,
  };
}

function refuseBrowser(allowed: boolean | null | undefined): void {
  if (!allowed && typeof (globalThis as { window?: { document?: unknown } }).window?.document === "object") {
    throw new UsageError(
      "options.dangerouslyAllowBrowser",
      "must be true in a web page, where every visitor can read the token",
    );
  }
}

/** The value of an environment variable; `undefined` if it is not set, or empty. */
export function readEnvironment(name = ""): string | undefined {
  try {
    return (
      (globalThis as unknown as { process: { env: Record<string, string | undefined> } }).process.env[name] || undefined
    );
  } catch {
    // Browsers have no environment variables, and Deno throws without permission to read them.
    return undefined;
  }
}

/** The `user-agent` header; empty in browsers, which send their own. A custom one would cause a CORS preflight request there. */
function userAgentHeader(): Record<string, string> {
  const { navigator } = globalThis as { navigator?: { userAgent?: string } };
  return navigator?.userAgent?.startsWith("Mozilla/") ? {} : { "user-agent": `sfc-preview-sdk/${version}` };
}

const tokenVariables = ["SF_API_KEY", "SF_BEARER_TOKEN", "SFC_BEARER_AUTH"] as const;

/** Returns the token for one attempt. Rejects with `AbortReason`, so that the final error can include what is known about earlier attempts. */
export type TokenSource = () => string | Promise<string>;

function tokenSource(token: ClientOptions["token"], field = "options.token"): TokenSource {
  if (typeof token === "function") return () => callToken(token);
  if (token === undefined) {
    throw new UsageError(field, `is missing; pass a token, or set one of ${tokenVariables.join(", ")}`);
  }
  if (!isToken(token)) throw new UsageError(field, invalidToken);
  return () => token;
}

async function callToken(source: TokenSource): Promise<string> {
  let token: unknown;
  try {
    token = await source();
  } catch {
    // The original error may quote a secret.
    throw new AbortReason("usage", "the token function failed", "options.token");
  }
  if (isToken(token)) return token;
  throw new AbortReason("usage", invalidToken, "options.token");
}

const invalidToken = "must be a non-empty string of printable ASCII characters without spaces";

/** Whether a token can be sent in a header. An invalid one is refused here, because the runtime's own error would quote it. */
function isToken(token: unknown): token is string {
  return typeof token === "string" && /^[!-~]+$/.test(token);
}

/** Whether a host name, as `URL` serializes it, refers to this machine. */
export function isLoopback(hostname: string): boolean {
  return /^((.+\.)?localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

function readBaseUrl({ baseUrl, allowInsecure }: ClientOptions): string {
  const variable = baseUrl === undefined ? readEnvironment("SF_BASE_URL") : undefined;
  const url = baseUrl ?? variable ?? defaults.baseUrl;
  return checkBaseUrl(url, allowInsecure === true, variable === undefined ? "options.baseUrl" : "SF_BASE_URL");
}

/** Returns the URL without a trailing slash. Unless `allowInsecure` is set, the token is sent only over `https:` or to this machine. */
export function checkBaseUrl(baseUrl: string, allowInsecure: boolean, field = "options.baseUrl"): string {
  try {
    const { protocol, hostname, origin, pathname, href } = new URL(baseUrl);
    const safe = protocol === "https:" || (protocol === "http:" && (isLoopback(hostname) || allowInsecure));
    // Credentials, a query or a fragment make `href` differ from origin and path.
    if (safe && href === origin + pathname) return href.replace(/\/+$/, "");
  } catch {
    // Not a URL.
  }
  throw new UsageError(
    field,
    "must be an https: URL, or an http: URL of this machine (see allowInsecure), without credentials, query and fragment",
  );
}

/** Clock, timers and random numbers. Tests pass their own. All code except `node/` takes them only from here. */
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

// Globals are read when they are used, so that importing the module has no effects and fake timers work.
export const systemRuntime: Runtime = {
  monotonicMs: () => performance.now(),
  dateMs: () => Date.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
  random: () => Math.random(),
  randomUUID: () => crypto.randomUUID(),
};

/** The system's runtime with the caller's members. Throws `UsageError` for an unknown member: a misspelled one would silently be replaced by the system's. */
export function readRuntime(given: Partial<Runtime> | null | undefined): Runtime {
  const checks = Object.fromEntries(Object.keys(systemRuntime).map((name) => [name, aFunction]));
  return { ...systemRuntime, ...readOptions<Partial<Runtime>>(given, checks as Checks<Runtime>, "options.runtime") };
}
