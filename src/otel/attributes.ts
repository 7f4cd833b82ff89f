import type { Attributes } from "@opentelemetry/api";
import type { SfcEvent } from "../wrappers/events.js";

/** The server attributes of the OpenTelemetry semantic conventions for HTTP. The path and the credentials of the base URL are left out. */
export function serverAttributes(baseUrl: string): Attributes {
  const { hostname, port, protocol } = new URL(baseUrl);
  return { "server.address": hostname, "server.port": Number(port || (protocol === "http:" ? 80 : 443)) };
}

/**
 * The attributes that a call and each of its attempts have in common. The path template is used in place of the URL (`url.full`), because ids and queries
 * are private, and every distinct value costs storage.
 */
export function operationAttributes({ operation, method, path }: SfcEvent): Attributes {
  return { "sfc.operation": operation, "http.request.method": method, "url.template": path };
}

/** `http.request.resend_count` is absent for the first request, as the conventions require. */
export function resendAttributes(attempt: number): Attributes {
  return attempt > 1 ? { "http.request.resend_count": attempt - 1 } : {};
}

/** The status of a response. For a failure, `error.type` has the same value. */
export function statusAttributes(status: number): Attributes {
  return { "http.response.status_code": status, ...(isFailure(status) && { "error.type": String(status) }) };
}

/** Whether a status is a failure. Redirects are failures too, because they are not followed. A browser reports a redirect as status 0. */
export function isFailure(status: number): boolean {
  return status < 200 || status >= 300;
}
