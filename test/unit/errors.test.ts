import { describe, expect, test, vi } from "vitest";
import * as errors from "../../src/wrappers/errors.js";
import { sampleErrors } from "../support/errors.js";
import { sampleOperations } from "../support/operations.js";

const { keyed, absolute, unsafe } = sampleOperations;

describe.each(Object.entries(sampleErrors()))("%s", (name, error) => {
  test("has its name, is an SfcError and an Error", () => {
    expect(error.name).toBe(name);
    expect(error).toBeInstanceOf(errors.SfcError);
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).toBe(`${name}: ${error.message}`);
    expect(error.stack).toContain(`${error.message}`);
  });

  test("is distinguished from the others, also by another copy of the package", async () => {
    vi.resetModules();
    const copy: typeof errors = await import("../../src/wrappers/errors.js");
    expect(copy.SfcError).not.toBe(errors.SfcError);
    for (const classes of [errors, copy]) {
      expect(classes.SfcError.is(error)).toBe(true);
      for (const other of Object.keys(sampleErrors()) as (keyof ReturnType<typeof sampleErrors>)[]) {
        expect(classes[other].is(error)).toBe(other === name);
      }
    }
  });

  test("writes what a log may keep", () => {
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

  test("is a callback of filter, which passes an index too", () => {
    const { ApiError, ...others } = sampleErrors();
    expect([...Object.values(others), ApiError].filter(errors.ApiError.is)).toEqual([ApiError]);
  });
});

describe("the message of an ambiguous error", () => {
  const message = (context: errors.ErrorContext) => new errors.ConnectionError("no response.", context).message;

  test("states where to check before an unsafe write is repeated", () => {
    expect(message({ operation: unsafe, ambiguous: true })).toBe(
      "POST /v/things: no response. It is uncertain whether the write was applied. Check with things.list() what exists before you repeat it.",
    );
  });

  test("states that a key gets the first result", () => {
    expect(message({ operation: keyed, ambiguous: true, idempotencyKey: "k" })).toContain(
      "Call again with the same idempotencyKey to get the first result.",
    );
  });

  test("states that the same values may be sent again", () => {
    expect(message({ operation: absolute, ambiguous: true })).toContain("Sending the same values again is safe.");
  });

  test("is the plain message when nothing is uncertain", () => {
    expect(message({ operation: unsafe })).toBe("POST /v/things: no response.");
  });
});
