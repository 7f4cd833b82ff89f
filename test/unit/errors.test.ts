import { describe, expect, test, vi } from "vitest";
import * as errors from "../../src/wrappers/errors.js";
import { sampleErrors } from "../support/errors.js";
import { sampleDelete, sampleOperations } from "../support/operations.js";

const { keyed, absolute, unsafe } = sampleOperations;

const names = [
  "ApiError",
  "ConnectionError",
  "TimeoutError",
  "AbortError",
  "DecodeError",
  "PaginationError",
  "UsageError",
] as const;

describe.each(names)("%s", (name) => {
  test("has its name, is an SfcError and an Error", () => {
    expect(Object.keys(sampleErrors())).toEqual(names);
    const error = sampleErrors()[name];
    expect(error.name).toBe(name);
    expect(error).toBeInstanceOf(errors.SfcError);
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).toBe(`${name}: ${error.message}`);
    expect(error.stack).toContain(`${error.message}`);
  });

  test("is recognized by its own class only, also by another copy of the package", async () => {
    const error = sampleErrors()[name];
    vi.resetModules();
    const copy: typeof errors = await import("../../src/wrappers/errors.js");
    expect(copy.SfcError).not.toBe(errors.SfcError);
    for (const classes of [errors, copy]) {
      expect(classes.SfcError.is(error)).toBe(true);
      for (const other of names) expect(classes[other].is(error)).toBe(other === name);
    }
  });

  test("serializes only what is safe to log", () => {
    const error = sampleErrors()[name];
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({
      name,
      message: error.message,
      operation: "things.create",
      attempts: 2,
      ambiguous: true,
    });
  });
});

describe("is()", () => {
  test.each([undefined, null, 7, "ApiError", {}, new Error("x"), { name: "ApiError" }])("is false for %o", (value) => {
    expect(errors.SfcError.is(value)).toBe(false);
    expect(errors.ApiError.is(value)).toBe(false);
    expect(errors.ApiError.is(value, "orders.create")).toBe(false);
  });

  test("with the name of a method is true for an ApiError of that method only", () => {
    const operation = { ...keyed, name: "orders.create" };
    const response = { status: 402, type: "payment_required", details: [], headers: new Headers() } as const;
    const error: unknown = new errors.ApiError(
      "no",
      { ...response, requestId: undefined, retryAfterMs: undefined },
      { operation },
    );
    expect(errors.ApiError.is(error, "orders.create")).toBe(true);
    expect(errors.ApiError.is(error, "orders.cancel")).toBe(false);
    expect(errors.ApiError.is(new errors.ConnectionError("no", { operation }), "orders.create")).toBe(false);
  });

  test("works as a callback of filter, which also passes an index", () => {
    const { ApiError, ...others } = sampleErrors();
    expect([...Object.values(others), ApiError].filter(errors.ApiError.is)).toEqual([ApiError]);
  });
});

test("an error without a call was not sent, is not ambiguous, and has no cause", () => {
  const error = new errors.UsageError("options.token", "is missing");
  expect(error).toMatchObject({ attempts: 0, ambiguous: false, message: "options.token: is missing" });
  for (const context of [undefined, {}, { cause: undefined }]) {
    expect("cause" in new errors.UsageError("options.token", "is missing", context)).toBe(false);
  }
  expect(error.operation).toBeUndefined();
});

test("a PaginationError always has items", () => {
  expect(new errors.PaginationError("no", [], undefined, {}).items).toEqual([]);
});

describe("the message of an ambiguous error", () => {
  const message = (context: errors.ErrorContext) => new errors.ConnectionError("no response.", context).message;

  test("states where to check before an unsafe write is repeated", () => {
    expect(message({ operation: unsafe, ambiguous: true })).toBe(
      "POST /v/things: no response. It is uncertain whether the write was applied. Check with things.list() what exists before you repeat it.",
    );
  });

  test("states that a repeat with the same key returns the first result", () => {
    expect(message({ operation: keyed, ambiguous: true, idempotencyKey: "k" })).toBe(
      "POST /v/things: no response. It is uncertain whether the write was applied. Call again with the same idempotencyKey to get the first result.",
    );
  });

  test("states that it is safe to send the same values again", () => {
    expect(message({ operation: absolute, ambiguous: true })).toBe(
      "PATCH /v/things/{id}: no response. It is uncertain whether the write was applied. Check with things.get() what exists before you repeat it. Sending the same values again is safe.",
    );
  });

  test("names no method to check with when the resource has none", () => {
    expect(message({ operation: sampleDelete, ambiguous: true })).toBe(
      "DELETE /v/things/{id}: no response. It is uncertain whether the write was applied. Check what exists before you repeat it. Sending the same values again is safe.",
    );
  });

  test("states that the retry budget is used up before it states what to do", () => {
    expect(message({ operation: keyed, ambiguous: true, idempotencyKey: "k", budgetUsedUp: true })).toBe(
      "POST /v/things: no response. Not retried: this client's retry budget is used up by earlier failures. It is uncertain whether the write was applied. Call again with the same idempotencyKey to get the first result.",
    );
  });

  test("is the same when an error is marked as ambiguous later, and is extended only once", () => {
    const error = new errors.ConnectionError("no response.", { operation: unsafe, attempts: 1 });
    const whole = message({ operation: unsafe, ambiguous: true });
    expect(errors.markAmbiguous(error, unsafe)).toBe(error);
    expect(error).toMatchObject({ ambiguous: true, message: whole });
    expect(errors.markAmbiguous(error, unsafe).message).toBe(whole);
  });

  test.each([
    ["503 service_unavailable: down for maintenance", "maintenance. It is uncertain"],
    ["503 service_unavailable: down for maintenance!", "maintenance! It is uncertain"],
  ])("ends the service's message with a period before it adds to it: %s", (said, expected) => {
    const context = { operation: unsafe, ambiguous: true };
    expect(new errors.ConnectionError(said, context).message).toContain(expected);
    const late = new errors.ConnectionError(said, { operation: unsafe });
    expect(late.message).toBe(`POST /v/things: ${said}`);
    expect(errors.markAmbiguous(late, unsafe).message).toContain(expected);
    // The printed error begins with its stack.
    expect(late.stack).toContain(late.message);
    const tired = new errors.ConnectionError(said, { operation: unsafe, budgetUsedUp: true });
    expect(tired.message).toContain(expected.replace("It is uncertain", "Not retried"));
  });

  test("is unchanged when nothing is uncertain", () => {
    expect(message({ operation: unsafe })).toBe("POST /v/things: no response.");
  });
});
