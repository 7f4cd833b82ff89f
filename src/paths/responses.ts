import type { ApiError } from "../wrappers/errors.js";
import { redactHeaders } from "../wrappers/response.js";
import type { FinalResponse } from "../wrappers/send.js";

/** The response for openapi-fetch to parse: its body has been read within the time limit, so it is a copy. */
export function copyResponse(final: FinalResponse, error: ApiError | undefined, bytes: BodyInit | undefined): Response {
  const { response, text } = final;
  const { ok, status, url } = response;
  // A repeated deletion that finds nothing is a success.
  if (!ok && !error) return at(url, new Response(null, { status: 204 }));
  // Outside of this range no Response can be made. A browser hides a redirect behind a status of 0.
  if (error && (status < 200 || status > 599)) throw error;
  const hasBody = text && ![204, 205, 304].includes(status);
  return at(url, makeResponse(hasBody ? (ok && bytes) || text : null, final));
}

/** Parts that the runtime refuses are left out: they must not hide that a write succeeded. */
function makeResponse(body: BodyInit | null, final: FinalResponse): Response {
  const { ok, status, statusText } = final.response;
  const copied = readableHeaders(final);
  // openapi-fetch takes a length of 0 for no body.
  if (body !== null && copied.get("content-length") === "0") copied.delete("content-length");
  const isText = /^[\t\x20-\x7e\x80-\xff]*$/.test(statusText);
  const reason = isText ? statusText : "";
  return new Response(body, { status, statusText: ok ? reason : final.redact(reason), headers: copied });
}

function readableHeaders(final: FinalResponse): Headers {
  const { ok, headers } = final.response;
  try {
    return new Headers([...(ok ? headers : redactHeaders(final))]);
  } catch {
    return new Headers();
  }
}

function at(url: string, response: Response): Response {
  return url ? Object.defineProperty(response, "url", { value: url }) : response;
}

/** The result of an openapi-fetch call. */
export interface PathResult {
  readonly data?: unknown;
  readonly error?: unknown;
  readonly response: Response;
}

/**
 * Gives a failure without a body the error that a method would throw, in the shape of the service's. Hooks look at nothing but `error`, and would take
 * an order that failed for one that was placed.
 */
export function withError(result: PathResult, known: ApiError | undefined): PathResult {
  const { response, error } = result;
  if (response.ok || error) return result;
  const { type, message } =
    known?.status === response.status
      ? known
      : { type: "unknown", message: `${response.status}: the response has no error body.` };
  return { error: { error: { type, message } }, response };
}
