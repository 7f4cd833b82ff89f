import type { ApiError } from "../wrappers/errors.js";
import { type CompleteResponse, toResponse } from "../wrappers/response.js";
import { isSuccess } from "../wrappers/retry.js";

/** Copies a response for openapi-fetch to parse. A copy is needed because the body has been read already, within the time limit. */
export function copyResponse(complete: CompleteResponse, error: ApiError | undefined, method: string): Response {
  const { status, url } = complete.response;
  // A retried deletion that finds nothing is a success.
  if (!isSuccess(status) && !error)
    return Object.defineProperty(new Response(null, { status: 204 }), "url", { value: url });
  // `Response` refuses a status outside of this range. A browser's opaque redirect has the status 0.
  if (error && (status < 200 || status > 599)) throw error;
  const copy = toResponse(complete);
  // With this header openapi-fetch would parse the empty body. Its value can be the length of the compressed body.
  if (!complete.text && method !== "HEAD") copy.headers.delete("content-length");
  return copy;
}

/** The result of an openapi-fetch call. */
export interface PathResult {
  readonly data?: unknown;
  readonly error?: unknown;
  readonly response: Response;
}

/**
 * Adds an `error`, in the service's format, to an error response without a body. React hooks check only `error`, and would otherwise treat a failed order
 * as placed.
 */
export function ensureError(result: PathResult, known: ApiError | undefined): PathResult {
  const { response, error } = result;
  if (response.ok || error) return result;
  const { type, message } =
    known?.status === response.status
      ? known
      : { type: "unknown", message: `${response.status}: the response has no error body.` };
  return { error: { error: { type, message } }, response };
}
