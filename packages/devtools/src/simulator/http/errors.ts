import type { ApiErrorType } from "sfc-preview-sdk";
import type { Types } from "./api-types.js";

/** The `error.type` of each status that operations declare, and of other statuses that the service is known to use. */
const types: Record<number, ApiErrorType> = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "payment_required",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  422: "unprocessable_entity",
  500: "api_error",
  501: "not_implemented",
  503: "service_unavailable",
};
const typesWithDetails = new Set([400, 409, 422]);

export type ErrorDetail = Types.ErrorDetail;

/**
 * An error response. `statuses` is in order of preference: the first one that the operation declares is used. So the same rule works for operations
 * that declare 422 and for those that declare 400.
 */
export class Refusal extends Error {
  readonly statuses: readonly [number, ...number[]];
  readonly details: readonly ErrorDetail[];
  /** Set when the type is not the default of the status. */
  readonly type: ApiErrorType | undefined;

  constructor(
    statuses: readonly [number, ...number[]],
    message: string,
    details: readonly ErrorDetail[] = [],
    type?: ApiErrorType,
  ) {
    super(message);
    this.statuses = statuses;
    this.details = details;
    this.type = type;
  }
}

interface ErrorBody {
  error: { type: ApiErrorType; message: string; details?: ErrorDetail[] };
}

export function errorBody(
  status: number,
  message: string,
  details: readonly ErrorDetail[] = [],
  type: ApiErrorType = types[status] ?? "api_error",
): ErrorBody {
  const withDetails = details.length > 0 && typesWithDetails.has(status);
  return { error: { type, message, ...(withDetails ? { details: [...details] } : {}) } };
}

/** Refuses an invalid value of a field: with 422, or with 400 if the operation does not declare 422. */
export function invalid(field: string, message: string, code = "invalid"): Refusal {
  return new Refusal([422, 400], `${field}: ${message}`, [{ field, code, message }]);
}

/** Like `invalid`, for operations that declare both 422 and 400 but use 400. */
export function badRequest(field: string, message: string, code = "invalid"): Refusal {
  return new Refusal([400, 422], `${field}: ${message}`, [{ field, code, message }]);
}

/** Refuses a request whose resource does not exist. */
export function notFound(what: string, or = ""): Refusal {
  return new Refusal([404], `${what} not found${or}`);
}

/** Refuses a reference in a body or filter to a resource that does not exist: with 404 if it is declared, otherwise as an invalid field. */
export function unknownReference(field: string, what: string): Refusal {
  const message = `${what} not found`;
  return new Refusal([404, 422, 400, 403], message, [{ field, code: "not_found", message }]);
}

/** Like `unknownReference`, for operations whose 404 concerns a different resource. */
export function unusable(field: string, message: string): Refusal {
  return new Refusal([422, 400, 404], `${field}: ${message}`, [{ field, code: "unusable", message }]);
}

export function conflict(message: string, code = "conflict"): Refusal {
  return new Refusal([409, 422, 400], message, [{ code, message }]);
}

export function forbidden(message: string): Refusal {
  return new Refusal([403], message);
}

/** Refuses a name that is in use: with 400 if it is declared, as the service does for instances, deployments and procurements, otherwise with 422. */
export function nameTaken(name: string): Refusal {
  return badRequest("name", `"${name}" is in use`, "name_taken");
}
