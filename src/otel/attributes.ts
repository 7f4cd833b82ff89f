import type { Attributes } from "@opentelemetry/api";
import type { SfcEvent } from "../wrappers/events.js";

/** The server attributes of the OpenTelemetry semantic conventions for HTTP. The path and the credentials of the base URL are left out. */
export function serverAttributes(baseUrl: string): Attributes {
  const { hostname, port, protocol } = new URL(baseUrl);
  return { "server.address": hostname, "server.port": Number(port || (protocol === "http:" ? 80 : 443)) };
}

/**
 * What a call and each of its attempts have in common. The path template replaces the URL (`url.full`): ids and queries are private, and
 * every distinct value costs storage.
 */
export function operationAttributes({ operation, method, path }: SfcEvent): Attributes {
  return { "sfc.operation": operation, "http.request.method": method, "url.template": path };
}

/** `http.request.resend_count` is absent for the first request, as the conventions require. */
export function resendAttributes(attempt: number): Attributes {
  return attempt > 1 ? { "http.request.resend_count": attempt - 1 } : {};
}

/** The status of a response, and for a failure the same as `error.type`. */
export function statusAttributes(status: number): Attributes {
  return { "http.response.status_code": status, ...(isFailure(status) && { "error.type": String(status) }) };
}

/** Redirects are not followed, so they are failures too. 0 is a redirect that a browser hides. */
export function isFailure(status: number): boolean {
  return status < 200 || status >= 300;
}
