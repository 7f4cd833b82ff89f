import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Operation } from "../../src/operation.js";
import { ApiError, DecodeError } from "../../src/wrappers/errors.js";
import { parseResponse } from "../../src/wrappers/response.js";
import { processedBy } from "../../src/wrappers/retry.js";
import type { PreparedCall } from "../../src/wrappers/send.js";
import { sampleDelete, sampleOperations } from "../support/operations.js";
import { virtualRuntime } from "../support/virtual-runtime.js";

const { read, keyed, absolute, unsafe } = sampleOperations;

interface Given {
  operation?: Operation;
  status?: number;
  text?: string;
  headers?: Record<string, string>;
  earlierUnknown?: boolean;
}

function reading({ operation = read, status = 200, text = "", headers = {}, earlierUnknown = false }: Given): unknown {
  const response = new Response(null, { status, headers });
  const unknown = earlierUnknown || processedBy(status) === "unknown";
  const call = {
    operation,
    idempotencyKey: "key-1",
    request: {},
    settings: { runtime: virtualRuntime() },
  } as unknown as PreparedCall;
  const redact = (text: string) => text;
  const { data, error } = parseResponse(call, {
    response,
    text,
    redact,
    attempts: 2,
    earlierUnknown,
    unknown,
    budgetUsedUp: false,
  });
  if (error) throw error;
  return data;
}

function errorOf(given: Given): unknown {
  try {
    reading(given);
  } catch (error) {
    return error;
  }
  throw new Error("expected an error");
}

describe("a success", () => {
  test("is the decoded body, unknown fields and values included", () => {
    const values = [fc.string(), fc.boolean(), fc.maxSafeInteger(), fc.double({ min: 0, max: 1 }), fc.constant(null)];
    fc.assert(
      fc.property(fc.object({ values, maxDepth: 3 }), (body) => {
        const text = JSON.stringify(body);
        expect(reading({ text })).toEqual(JSON.parse(text));
      }),
    );
  });

  test("of an operation without a response body is undefined, whether the service sends a body or not", () => {
    expect(reading({ operation: sampleDelete, status: 204 })).toBeUndefined();
    expect(reading({ operation: sampleDelete, text: '{"deleted":true}' })).toBeUndefined();
  });

  test.each([
    ["an empty body", "", "with an empty body"],
    ["a page", "<html>sign in to the hotel's network</html>", "not JSON (text/html)"],
    ["JSON that is cut short", '{"id": "ordr', "is cut short"],
    ["a text", '"ok"', "not an object"],
    ["null", "null", "not an object"],
    ["a number", "7", "not an object"],
  ])("that cannot be parsed is a DecodeError: %s", (_, text, words) => {
    const error = errorOf({ operation: keyed, text, status: 201, headers: { "content-type": "text/html; charset=x" } });
    expect(error).toBeInstanceOf(DecodeError);
    expect(error).toMatchObject({ status: 201, attempts: 2, idempotencyKey: "key-1", ambiguous: true });
    expect((error as Error).message).toContain("POST /v/things: 201 with");
    expect((error as Error).message).toContain(words);
  });

  test("that cannot be parsed makes a write ambiguous, and not a read", () => {
    for (const operation of [keyed, absolute, unsafe, sampleDelete]) {
      expect(errorOf({ operation, text: "<html>" })).toMatchObject({ name: "DecodeError", ambiguous: true });
    }
    expect(errorOf({ operation: read, text: "<html>" })).toMatchObject({ name: "DecodeError", ambiguous: false });
  });

  test("never contains a number that has lost digits", () => {
    const unsafeNumber = fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n });
    const around = fc.constantFrom(["", ""], [" ", ""], ["-", ""], ["\n-", " "], ["[1,", "]"], ["[", ",1]"]);
    fc.assert(
      fc.property(unsafeNumber, fc.nat({ max: 40 }), around, (seqnum, place, [before, after]) => {
        const error = errorOf({ text: `{"${"a".repeat(place)}": 1, "seqnum":${before}${seqnum}${after}}` });
        expect(error).toBeInstanceOf(DecodeError);
        expect((error as Error).message).toContain("too large to be exact");
        expect((error as Error).message).toContain('"seqnum"');
      }),
    );
  });

  test("may be nested deeper than the call stack", () => {
    const deep = `${'{"a":'.repeat(50_000)}{"seqnum": 12345678901234567890}${"}".repeat(50_000)}`;
    expect(errorOf({ text: deep })).toBeInstanceOf(DecodeError);
  });

  test.each([
    ["an empty body", "", "an empty body"],
    ["a page", "<html>", "a body that is not JSON (no content type), or is cut short"],
    ["a list", "[]", "JSON that is not an object"],
    ["a large number", '{"a":{"seqnum":9007199254740992}}', 'a number in "seqnum" that is too large to be exact'],
    ["a large number in a list", '{"a":[1,-9007199254740992]}', 'a number in "a" that is too large to be exact'],
  ])("that cannot be parsed states why: %s", (_, text, what) => {
    expect(errorOf({ text })).toHaveProperty("message", `GET /v/things/{id}: 200 with ${what}.`);
  });

  test("may contain the largest exact number, and any digits in strings", () => {
    const body = { seqnum: Number.MAX_SAFE_INTEGER, id: "12345678901234567890" };
    expect(reading({ text: JSON.stringify(body) })).toEqual(body);
  });
});

describe("an error status", () => {
  test("is an ApiError with the message, type and details of the service", () => {
    const details = [{ field: "price", code: "format", message: "needs a decimal point" }];
    const text = JSON.stringify({
      error: { type: "unprocessable_entity", message: "the order is not valid", details },
    });
    const headers = { "x-request-id": "req_7", "retry-after": "9" };
    const error = errorOf({ operation: keyed, status: 422, text, headers }) as ApiError;
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      status: 422,
      type: "unprocessable_entity",
      details,
      requestId: "req_7",
      retryAfterMs: 9_000,
      attempts: 2,
      idempotencyKey: "key-1",
      operation: "things.buy",
      ambiguous: false,
    });
    expect(error.headers.get("x-request-id")).toBe("req_7");
    expect(error.message).toBe("POST /v/things: 422 unprocessable_entity: the order is not valid");
  });

  test.each([
    ["nothing", ""],
    ["a page", "<html>502 Bad Gateway</html>"],
    ["JSON of another shape", '{"message": "no"}'],
    ["an error that is a text", '{"error": "no"}'],
    ["null", "null"],
    ["JSON that is cut short", '{"error": {"ty'],
  ])("without an error body has type unknown: %s", (_, text) => {
    const error = errorOf({ status: 502, text, headers: { "content-type": "text/html" } });
    expect(error).toMatchObject({ name: "ApiError", status: 502, type: "unknown", details: [] });
    expect((error as Error).message).toBe("GET /v/things/{id}: 502: the response has no error body (text/html).");
  });

  test("that is a redirect names the target host, never its path or query, which may be presigned", () => {
    const location = "https://user:pass@bucket.example/image?X-Amz-Signature=s3cr3t";
    const error = errorOf({ operation: unsafe, status: 307, headers: { location } }) as ApiError;
    expect(error).toMatchObject({ name: "ApiError", status: 307, ambiguous: true });
    expect(error.message).toContain(
      "POST /v/things: 307: a redirect to https://bucket.example was not followed; check baseUrl",
    );
    expect(error.message).not.toMatch(/s3cr3t|image|pass/);
    expect(errorOf({ status: 302, headers: { location: "/else?where" } })).toMatchObject({
      message: expect.stringContaining("a redirect to another URL was not followed"),
    });
  });

  test.each([301, 302, 303, 307, 308])("with the status %i is a redirect", (status) => {
    expect(errorOf({ status })).toHaveProperty(
      "message",
      `GET /v/things/{id}: ${status}: a redirect to another URL was not followed; check baseUrl`,
    );
  });

  test("names no content type when the response has none", () => {
    expect(errorOf({ status: 500 })).toHaveProperty(
      "message",
      "GET /v/things/{id}: 500: the response has no error body (no content type).",
    );
  });

  test("uses each member of an error body only when it has the right type", () => {
    const text = JSON.stringify({ error: { type: 7, message: ["no"], details: "none" } });
    expect(
      errorOf({ status: 422, text, headers: { "content-type": "application/json; charset=utf-8" } }),
    ).toMatchObject({
      type: "unknown",
      details: [],
      message: "GET /v/things/{id}: 422: the response has no error body (application/json).",
    });
  });

  test("has the request id of the service, or else that of a gateway", () => {
    const ids = { "x-request-id": "req_1", "request-id": "req_2" };
    expect(errorOf({ status: 422, headers: ids })).toMatchObject({ requestId: "req_1" });
    expect(errorOf({ status: 422, headers: { "request-id": "req_2" } })).toMatchObject({ requestId: "req_2" });
    expect((errorOf({ status: 422 }) as ApiError).requestId).toBeUndefined();
  });

  test.each([
    [408, true],
    [429, false],
    [500, true],
    [502, true],
    [503, true],
    [400, false],
    [401, false],
    [409, false],
    [422, false],
  ])("%i leaves a write ambiguous: %s; a read never", (status, ambiguous) => {
    for (const operation of [keyed, absolute, unsafe])
      expect(errorOf({ operation, status })).toMatchObject({ ambiguous });
    expect(errorOf({ operation: read, status })).toMatchObject({ ambiguous: false });
  });

  test("leaves a write ambiguous when an earlier attempt may have applied it", () => {
    for (const status of [401, 409, 422, 429]) {
      expect(errorOf({ operation: absolute, status, earlierUnknown: true })).toMatchObject({ ambiguous: true });
    }
  });
});

describe("a 404 after an attempt that may have applied the write", () => {
  test("is the success of a deletion", () => {
    const text = '{"error": {"type": "not_found", "message": "no such thing"}}';
    expect(reading({ operation: sampleDelete, status: 404, text, earlierUnknown: true })).toBeUndefined();
  });

  test("counts as a success only with all of these: a deletion that declares it, a 404, an earlier attempt and the service's error body", () => {
    const text = '{"error": {"type": "not_found", "message": "no such thing"}}';
    const { repeat404: _, ...undeclared } = sampleDelete;
    const whole = { operation: sampleDelete as Operation, status: 404, text, earlierUnknown: true };
    expect(reading(whole)).toBeUndefined();
    const lacking: Given[] = [
      { operation: undeclared },
      { status: 410 },
      { status: 403 },
      { earlierUnknown: false },
      { text: "{}" },
    ];
    for (const part of lacking) expect(errorOf({ ...whole, ...part })).toBeInstanceOf(ApiError);
  });

  test("is an error when it does not come from the service", () => {
    const error = errorOf({ operation: sampleDelete, status: 404, text: "<html>no such host", earlierUnknown: true });
    expect(error).toMatchObject({ name: "ApiError", status: 404, ambiguous: true });
  });

  test("is an error without such an attempt, and for every other operation", () => {
    expect(errorOf({ operation: sampleDelete, status: 404 })).toMatchObject({ status: 404, ambiguous: false });
    expect(errorOf({ operation: absolute, status: 404, earlierUnknown: true })).toMatchObject({ ambiguous: true });
  });
});
