import type { CallOptions, ClientOptions, Fetch } from "../options.js";
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

const clientOptionNames =
  "token baseUrl fetch timeoutMs deadlineMs maxRetries onEvent allowInsecure dangerouslyAllowBrowser runtime".split(
    " ",
  );
const callOptionNames = "signal timeoutMs deadlineMs maxRetries headers idempotencyKey lookAhead".split(" ");

/** Checks a client's options. Throws `UsageError`, naming the option. */
export function readClientOptions(options: ClientOptions): Settings {
  refuseUnknown(options, clientOptionNames);
  refuseBrowser(options.dangerouslyAllowBrowser);
  return {
    baseUrl: checkBaseUrl(options.baseUrl ?? defaults.baseUrl, options.allowInsecure === true),
    token: tokenSource(options.token),
    fetch: checkFunction("fetch", options.fetch),
    timeoutMs: checkDuration("timeoutMs", options.timeoutMs) ?? defaults.timeoutMs,
    deadlineMs: checkDuration("deadlineMs", options.deadlineMs) ?? Number.POSITIVE_INFINITY,
    maxRetries: checkRetries(options.maxRetries) ?? defaults.maxRetries,
    onEvent: checkFunction("onEvent", options.onEvent),
    runtime: { ...systemRuntime, ...options.runtime },
    keys: new KeyMemory(),
    budget: new RetryBudget(),
  };
}

/** The limits of one call, counted from now. Throws `UsageError`, naming the option. */
export function readCallOptions(settings: Settings, options: CallOptions = {}): Limits & { maxRetries: number } {
  refuseUnknown(options, callOptionNames);
  const deadlineMs = checkDuration("deadlineMs", options.deadlineMs) ?? settings.deadlineMs;
  return {
    signal: checkSignal(options.signal),
    timeoutMs: checkDuration("timeoutMs", options.timeoutMs) ?? settings.timeoutMs,
    deadlineAt: settings.runtime.monotonicMs() + deadlineMs,
    maxRetries: checkRetries(options.maxRetries) ?? settings.maxRetries,
  };
}

/** A misspelt `idempotencyKey` that is quietly ignored could buy twice. */
function refuseUnknown(options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (!known.includes(name))
      throw new UsageError(`options.${name}`, `is not an option; there are ${known.join(", ")}`);
  }
}

function refuseBrowser(allowed: boolean | undefined): void {
  if (!allowed && typeof (globalThis as { window?: { document?: unknown } }).window?.document === "object") {
    throw new UsageError(
      "options.dangerouslyAllowBrowser",
      "in a web page every visitor can read the token; call from a server, or set this to true if you accept that",
    );
  }
}

function checkFunction<T>(name: string, value: T | undefined): T | undefined {
  if (value === undefined || typeof value === "function") return value;
  throw new UsageError(`options.${name}`, "must be a function");
}

/** Checked, so that a controller given for its signal is a clear error and not a call that cannot be aborted. */
function checkSignal(signal: AbortSignal | undefined): AbortSignal | undefined {
  if (signal === undefined || signal === null || typeof signal.addEventListener === "function")
    return signal ?? undefined;
  throw new UsageError("options.signal", "must be an AbortSignal");
}

function checkDuration(name: string, value: number | undefined): number | undefined {
  if (value === undefined || (Number.isFinite(value) && value > 0)) return value;
  throw new UsageError(`options.${name}`, "must be a positive number of milliseconds");
}

function checkRetries(value: number | undefined): number | undefined {
  if (value === undefined || (Number.isInteger(value) && value >= 0)) return value;
  throw new UsageError("options.maxRetries", "must be 0 or a positive whole number");
}
