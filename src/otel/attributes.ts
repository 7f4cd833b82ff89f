import type { Attributes } from "@opentelemetry/api";
import type { SfcEvent } from "../wrappers/events.js";

/** Where requests go, in the words of the semantic conventions. Neither path nor credentials of the address are kept. */
export function serverAttributes(baseUrl: string): Attributes {
  const { hostname, port, protocol } = new URL(baseUrl);
  return { "server.address": hostname, "server.port": Number(port || (protocol === "http:" ? 80 : 443)) };
}

/**
 * What a call and each of its attempts have in common. The template stands in for the address (`url.full`): ids and queries say who asked for
 * what, and every distinct value is one more to store.
 */
export function operationAttributes({ operation, method, path }: SfcEvent): Attributes {
  return { "sfc.operation": operation, "http.request.method": method, "url.template": path };
}

/** The conventions count repeats, so the first request of a call has no count. */
export function resendAttributes(attempt: number): Attributes {
  return attempt > 1 ? { "http.request.resend_count": attempt - 1 } : {};
}

/** An answer's status, and for 4xx and 5xx the same once more as the kind of error. */
export function statusAttributes(status: number): Attributes {
  return { "http.response.status_code": status, ...(isFailure(status) && { "error.type": String(status) }) };
}

/** Redirects are not followed, so to this client they are failures too; 0 is a redirect as browsers hide it. */
export function isFailure(status: number): boolean {
  return status < 200 || status >= 300;
}
