import type { Operation } from "../operation.js";
import { nextCall } from "./events.js";
import type { Exchangeable } from "./exchange.js";
import { extraHeaders, type HttpRequest } from "./http.js";
import { fingerprintOf, keyFor } from "./idempotency.js";
import type { Settings } from "./settings.js";

/** What the caller wants to send: an address and a body that were checked already, headers and a key that were not. */
export interface RequestParts {
  readonly url: string;
  readonly body: HttpRequest["body"];
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly idempotencyKey: string | null | undefined;
  readonly keep?: HttpRequest["keep"];
}

/** The rules for headers and keys, for methods and paths alike. Throws `UsageError`; nothing is sent before. */
export function prepareCall(
  settings: Settings,
  operation: Operation,
  limits: Exchangeable["limits"],
  { url, body, headers: given, idempotencyKey: givenKey, keep }: RequestParts,
): Exchangeable {
  const idempotencyKey = keyFor(operation, givenKey, settings.runtime);
  const headers = {
    accept: "application/json",
    ...(body !== undefined && { "content-type": "application/json" }),
    ...(given && extraHeaders(given)),
    ...(idempotencyKey !== undefined && { "idempotency-key": idempotencyKey }),
  };
  const claimed = givenKey ?? undefined;
  const text = body === undefined ? undefined : String(body);
  if (claimed !== undefined) settings.keys.claim(claimed, operation, fingerprintOf(operation, url, text));
  const request = { url, method: operation.method, headers, body, keep };
  return { id: nextCall(), settings, operation, limits, idempotencyKey, claimed, request };
}
