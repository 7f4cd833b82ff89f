import {
  AbortError,
  ApiError,
  ConnectionError,
  DecodeError,
  PaginationError,
  TimeoutError,
  UsageError,
} from "../../src/wrappers/errors.js";
import { sampleOperations } from "./operations.js";

/** One error of every class, by the name of the class. */
export function sampleErrors() {
  const context = { operation: sampleOperations.unsafe, attempts: 2, ambiguous: true };
  const response = {
    status: 422,
    type: "unprocessable_entity",
    details: [],
    headers: new Headers({ location: "https://bucket.example/?X-Amz-Signature=s3cr3t" }),
    requestId: "req_1",
    retryAfterMs: undefined,
  };
  return {
    ApiError: new ApiError("422 unprocessable_entity: the order is not valid", response, context),
    ConnectionError: new ConnectionError("no complete response was received.", {
      ...context,
      cause: new Error("reset"),
    }),
    TimeoutError: new TimeoutError("no complete response was received.", "timeoutMs", context),
    AbortError: new AbortError("aborted by the caller's signal.", context),
    DecodeError: new DecodeError("200 with an empty body.", 200, context),
    PaginationError: new PaginationError("a cursor is repeated.", [{ secret: "row" }], "A", context),
    UsageError: new UsageError("options.token", "no token", context),
  };
}
