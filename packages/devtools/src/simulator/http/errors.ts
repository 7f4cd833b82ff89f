import type { ApiErrorType } from "sfc-preview-sdk";
import type { Types } from "./api-types.js";

/** `error.type` of each status that an operation declares, and of the others that the service is known to use. */
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
 * An error response. `statuses` is in order of preference, and the operation's description decides with
 * the first one that it declares, so that one rule serves operations that declare 422 and those that declare 400.
 */
export class Refusal extends Error {
  readonly statuses: readonly [number, ...number[]];
  readonly details: readonly ErrorDetail[];
  /** Set if the type is not the default for the status. */
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

/** An invalid value of a field: 422, or 400 where the operation declares no 422. */
export function invalid(field: string, message: string, code = "invalid"): Refusal {
  return new Refusal([422, 400], `${field}: ${message}`, [{ field, code, message }]);
}

/** As `invalid`, for the operations that declare both and mean 400. */
export function badRequest(field: string, message: string, code = "invalid"): Refusal {
  return new Refusal([400, 422], `${field}: ${message}`, [{ field, code, message }]);
}

/** The resource of the request does not exist. */
export function notFound(what: string, or = ""): Refusal {
  return new Refusal([404], `${what} not found${or}`);
}

/** A resource that a body or filter names does not exist: 404 where that is declared, otherwise an invalid field. */
export function unknownReference(field: string, what: string): Refusal {
  const message = `${what} not found`;
  return new Refusal([404, 422, 400, 403], message, [{ field, code: "not_found", message }]);
}

/** As `unknownReference`, where the description keeps 404 for another object. */
export function unusable(field: string, message: string): Refusal {
  return new Refusal([422, 400, 404], `${field}: ${message}`, [{ field, code: "unusable", message }]);
}

export function conflict(message: string, code = "conflict"): Refusal {
  return new Refusal([409, 422, 400], message, [{ code, message }]);
}

export function forbidden(message: string): Refusal {
  return new Refusal([403], message);
}

/** 400 wherever it is declared, as the service does for instances, deployments and procurements; else 422. */
export function nameTaken(name: string): Refusal {
  return badRequest("name", `"${name}" is in use`, "name_taken");
}
