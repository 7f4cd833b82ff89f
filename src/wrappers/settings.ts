import { server } from "../generated/server.js";
import type { CallOptions, ClientOptions, Fetch, KeyedCallOptions, ListOptions } from "../options.js";
import { type TokenSource, tokenSource } from "./auth.js";
import { aCount, aDuration, aFunction, anything, aSignal, aSize, type Checks, checkOptions } from "./checks.js";
import type { Limits } from "./deadline.js";
import { UsageError } from "./errors.js";
import type { SfcEvent } from "./events.js";
import { checkBaseUrl } from "./http.js";
import { KeyMemory } from "./idempotency.js";
import { RetryBudget } from "./retry.js";
import { type Runtime, systemRuntime } from "./runtime.js";

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
