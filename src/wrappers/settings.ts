import type { CallOptions, ClientOptions, Fetch, KeyedCallOptions, ListOptions } from "../options.js";
import { type TokenSource, tokenSource } from "./auth.js";
import { aCount, aDuration, aFunction, anything, aSignal, type Checks, checkOptions } from "./checks.js";
import type { Limits } from "./deadline.js";
import { UsageError } from "./errors.js";
import type { SfcEvent } from "./events.js";
import { checkBaseUrl } from "./http.js";
import { KeyMemory } from "./idempotency.js";
import { RetryBudget } from "./retry.js";
import { type Runtime, systemRuntime } from "./runtime.js";

/** Every default in one place. Times in milliseconds. */
const defaults = { baseUrl: "https://api.sfcompute.com", timeoutMs: 60_000, maxRetries: 2 };

/** A client's options, checked, with what its calls share. */
export interface Settings {
  readonly baseUrl: string;
  readonly token: TokenSource;
  readonly fetch: Fetch | undefined;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly maxRetries: number;
  readonly onEvent: ((event: SfcEvent) => void) | undefined;
  readonly runtime: Runtime;
  readonly keys: KeyMemory;
  readonly budget: RetryBudget;
}

const limitChecks = { timeoutMs: aDuration, deadlineMs: aDuration, maxRetries: aCount };

// What is anything here is looked at where it is used.
const clientChecks: Checks<ClientOptions> = {
  ...limitChecks,
  token: anything,
  baseUrl: anything,
  fetch: aFunction,
  onEvent: aFunction,
  allowInsecure: anything,
  dangerouslyAllowBrowser: anything,
  runtime: anything,
};

const callChecks: Checks<KeyedCallOptions & ListOptions> = {
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
    fetch: options.fetch,
    timeoutMs: options.timeoutMs ?? defaults.timeoutMs,
    deadlineMs: options.deadlineMs ?? Number.POSITIVE_INFINITY,
    maxRetries: options.maxRetries ?? defaults.maxRetries,
    onEvent: options.onEvent,
    runtime: { ...systemRuntime, ...options.runtime },
    keys: new KeyMemory(),
    budget: new RetryBudget(),
  };
}

/** The limits of one call, counted from now. Throws `UsageError`, naming the option. */
export function readCallOptions(
  settings: Settings,
  options: CallOptions = {},
  stop?: AbortSignal,
): Limits & { maxRetries: number } {
  checkOptions(options, callChecks);
  return {
    signal: options.signal ?? undefined,
    stop,
    timeoutMs: options.timeoutMs ?? settings.timeoutMs,
    deadlineAt: settings.runtime.monotonicMs() + (options.deadlineMs ?? settings.deadlineMs),
    maxRetries: options.maxRetries ?? settings.maxRetries,
  };
}

function refuseBrowser(allowed: boolean | undefined): void {
  if (!allowed && typeof (globalThis as { window?: { document?: unknown } }).window?.document === "object") {
    throw new UsageError(
      "options.dangerouslyAllowBrowser",
      "must be true in a web page, where every visitor can read the token",
    );
  }
}
