import { expect } from "vitest";

const types = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "payment_required",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  422: "unprocessable_entity",
} as const;

/** Expects that a call fails with a typed error of this status, and with this `code` in its first detail when one is given. */
export function refusal(status: keyof typeof types, code?: string) {
  return {
    name: "ApiError",
    status,
    type: types[status],
    ...(code === undefined ? {} : { details: expect.arrayContaining([expect.objectContaining({ code })]) }),
  };
}
