import type { CallOptions, ClientOptions, Fetch, KeyedCallOptions, ListOptions } from "../options.js";
import { type TokenSource, tokenSource } from "./auth.js";
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

/** What an option must be, and the words for it. */
type Check = readonly [fits: (value: unknown) => boolean, must: string];

const anything: Check = [() => true, ""];
const aFunction: Check = [(value) => typeof value === "function", "must be a function"];
const aDuration: Check = [
  (value) => Number.isFinite(value) && (value as number) > 0,
  "must be a positive number of milliseconds",
];
const aCount: Check = [
  (value) => Number.isInteger(value) && (value as number) >= 0,
  "must be 0 or a positive whole number",
];
/** A controller given for its signal must be a clear error and not a call that cannot be aborted. */
const aSignal: Check = [
  (value) => typeof (value as AbortSignal).addEventListener === "function",
  "must be an AbortSignal",
];

const limitChecks = { timeoutMs: aDuration, deadlineMs: aDuration, maxRetries: aCount };

// What is anything here is looked at where it is used.
const clientChecks: Record<keyof ClientOptions, Check> = {
  ...limitChecks,
  token: anything,
  baseUrl: anything,
  fetch: aFunction,
  onEvent: aFunction,
  allowInsecure: anything,
  dangerouslyAllowBrowser: anything,
  runtime: anything,
};

const callChecks: Record<keyof (KeyedCallOptions & ListOptions), Check> = {
  ...limitChecks,
  signal: aSignal,
  headers: anything,
  idempotencyKey: anything,
  lookAhead: anything,
};

/** Checks a client's options. Throws `UsageError`, naming the option. */
export function readClientOptions(options: ClientOptions): Settings {
  check(options, clientChecks);
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
  check(options, callChecks);
  return {
    signal: options.signal ?? undefined,
    stop,
    timeoutMs: options.timeoutMs ?? settings.timeoutMs,
    deadlineAt: settings.runtime.monotonicMs() + (options.deadlineMs ?? settings.deadlineMs),
    maxRetries: options.maxRetries ?? settings.maxRetries,
  };
}

/** A misspelt `idempotencyKey` that is quietly ignored could buy twice, so unknown names are refused too. */
function check(options: object, checks: Readonly<Record<string, Check>>): void {
  for (const [name, value] of Object.entries(options)) {
    const rule = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (!rule) throw new UsageError(`options.${name}`, `is not an option; there are ${Object.keys(checks).join(", ")}`);
    const [fits, must] = rule;
    if (value !== undefined && value !== null && !fits(value)) throw new UsageError(`options.${name}`, must);
  }
}

function refuseBrowser(allowed: boolean | undefined): void {
  if (!allowed && typeof (globalThis as { window?: { document?: unknown } }).window?.document === "object") {
    throw new UsageError(
      "options.dangerouslyAllowBrowser",
      "must be true in a web page, where every visitor can read the token",
    );
  }
}
