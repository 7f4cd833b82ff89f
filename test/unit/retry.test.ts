import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RetryClass } from "../../src/operation.js";
import {
  type AttemptResult,
  isRetryable,
  processedBy,
  RetryBudget,
  retryDelayMs,
  systemError,
  wasNeverSent,
} from "../../src/wrappers/retry.js";
import { AbortReason } from "../../src/wrappers/timeout.js";
import { sampleOperations } from "../support/operations.js";

const responded = (status: number, headers: Record<string, string> = {}): AttemptResult => ({
  received: { response: new Response(null, { status, headers }), text: "", redact: (text) => text },
  requests: 1,
  processed: processedBy(status),
});
const failed = (processed: "no" | "unknown"): AttemptResult => ({
  failure: new Error("broken"),
  requests: 1,
  processed,
});
const failedWith = (failure: unknown): AttemptResult => ({ failure, requests: 1, processed: "no" });
const systemFailure = (words: object) => new TypeError("fetch failed", { cause: Object.assign(new Error(), words) });
/** A socket error that was caused by another error. */
const brokenAbove = (words: object) =>
  Object.assign(new Error("outer", { cause: systemFailure(words) }), { code: "UND_ERR_SOCKET" });

describe("processedBy", () => {
  test.each([
    [200, "yes"],
    [201, "yes"],
    [202, "yes"],
    [204, "yes"],
    [0, "unknown"],
    [302, "unknown"],
    [303, "unknown"],
    [307, "unknown"],
    [199, "unknown"],
    [299, "yes"],
    [300, "unknown"],
    [399, "unknown"],
    [408, "unknown"],
    [500, "unknown"],
    [502, "unknown"],
    [503, "unknown"],
    [504, "unknown"],
    [599, "unknown"],
    [999, "unknown"],
    [Number.NaN, "unknown"],
    [undefined as unknown as number, "unknown"],
    [400, "no"],
    [401, "no"],
    [402, "no"],
    [404, "no"],
    [409, "no"],
    [422, "no"],
    [429, "no"],
  ] as const)("status %i: %s", (status, processed) => {
    expect(processedBy(status)).toBe(processed);
  });
});

describe("isRetryable", () => {
  const harmless: RetryClass[] = ["read", "keyed", "absolute"];

  test.each(harmless)("repeats a %s operation after each transient failure", (retry) => {
    const operation = sampleOperations[retry];
    for (const status of [408, 429, 500, 502, 503, 504]) expect(isRetryable(operation, responded(status))).toBe(true);
    expect(isRetryable(operation, failed("unknown"))).toBe(true);
    expect(isRetryable(operation, failed("no"))).toBe(true);
  });

  test("repeats an unsafe operation only when it certainly was not processed", () => {
    const { unsafe } = sampleOperations;
    for (const status of [408, 500, 502, 503, 504]) expect(isRetryable(unsafe, responded(status))).toBe(false);
    expect(isRetryable(unsafe, failed("unknown"))).toBe(false);
    expect(isRetryable(unsafe, responded(429))).toBe(true);
    expect(isRetryable(unsafe, failed("no"))).toBe(true);
  });

  test("repeats after the timeout of an attempt, and after no other abort", () => {
    for (const why of ["timeoutMs", "deadlineMs", "aborted", "usage"] as const) {
      expect(isRetryable(sampleOperations.read, failedWith(new AbortReason(why)))).toBe(why === "timeoutMs");
    }
  });

  test("never repeats after a success, a redirect, a conflict or any other error status", () => {
    const final = [200, 204, 301, 302, 307, 400, 401, 402, 403, 404, 409, 410, 422, 425, 426, 501, 505];
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(sampleOperations)),
        fc.constantFrom(...final),
        (operation, status) => {
          expect(isRetryable(operation, responded(status))).toBe(false);
        },
      ),
    );
  });
});

describe("retryDelayMs", () => {
  const now = Date.UTC(2026, 0, 5);
  const runtime = { random: () => 0.5, dateMs: () => now };
  const forever = Number.POSITIVE_INFINITY;

  test("is the random backoff when Retry-After is absent or invalid", () => {
    expect(retryDelayMs(0, failed("no"), forever, runtime)).toBe(250);
    expect(retryDelayMs(1, responded(503), forever, runtime)).toBe(500);
    expect(retryDelayMs(2, responded(503, { "retry-after": "soon" }), forever, runtime)).toBe(1_000);
  });

  test("obeys Retry-After exactly, without jitter", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.nat({ max: 60 }), (chance, s) => {
        const drawn = { ...runtime, random: () => chance };
        expect(retryDelayMs(0, responded(429, { "retry-after": String(s) }), forever, drawn)).toBe(s * 1_000);
        const date = new Date(now + s * 1_000).toUTCString();
        expect(retryDelayMs(0, responded(503, { "retry-after": date }), forever, drawn)).toBe(s * 1_000);
      }),
    );
  });

  test("gives up when the delay leaves no time before the deadline", () => {
    const fiveSeconds = responded(503, { "retry-after": "5" });
    expect(retryDelayMs(0, fiveSeconds, 5_001, runtime)).toBe(5_000);
    expect(retryDelayMs(0, fiveSeconds, 5_000, runtime)).toBeUndefined();
    expect(retryDelayMs(0, failed("no"), 250, runtime)).toBeUndefined();
  });

  test("gives up when Retry-After exceeds the maximum delay, also without a deadline", () => {
    expect(retryDelayMs(0, responded(503, { "retry-after": "60" }), forever, runtime)).toBe(60_000);
    expect(retryDelayMs(0, responded(503, { "retry-after": "61" }), forever, runtime)).toBeUndefined();
    expect(retryDelayMs(0, responded(503, { "retry-after": "9".repeat(400) }), forever, runtime)).toBeUndefined();
  });
});

describe("RetryBudget", () => {
  test("allows a hundred retries in a row, then none", () => {
    const budget = new RetryBudget();
    for (let i = 0; i < 100; i++) expect(budget.take(sampleOperations.read)).toBe(true);
    expect(budget.take(sampleOperations.read)).toBe(false);
  });

  test("gives one retry back for two successes, and never holds more than a hundred", () => {
    const budget = new RetryBudget();
    for (let i = 0; i < 500; i++) budget.refund(sampleOperations.read);
    for (let i = 0; i < 100; i++) budget.take(sampleOperations.read);
    expect(budget.take(sampleOperations.read)).toBe(false);
    budget.refund(sampleOperations.read);
    expect(budget.take(sampleOperations.read)).toBe(false);
    budget.refund(sampleOperations.read);
    expect(budget.take(sampleOperations.read)).toBe(true);
    expect(budget.take(sampleOperations.read)).toBe(false);
  });

  test.each(["keyed", "absolute", "unsafe"] as const)("counts reads and %s writes separately", (retry) => {
    const [read, write] = [sampleOperations.read, sampleOperations[retry]];
    for (const [spent, other] of [
      [read, write],
      [write, read],
    ] as const) {
      const budget = new RetryBudget();
      for (let i = 0; i < 100; i++) expect(budget.take(spent)).toBe(true);
      for (let i = 0; i < 2; i++) budget.refund(other);
      expect(budget.take(spent)).toBe(false);
      expect(budget.take(other)).toBe(true);
      for (let i = 0; i < 2; i++) budget.refund(spent);
      expect(budget.take(spent)).toBe(true);
      expect(budget.take(spent)).toBe(false);
    }
  });
});

describe("a failure that no repeat can change", () => {
  test.each([
    "CERT_HAS_EXPIRED",
    "CRL_HAS_EXPIRED",
    "UNABLE_TO_GET_ISSUER_CERT",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "UNABLE_TO_DECRYPT_CERT_SIGNATURE",
    "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "INVALID_CA",
    "INVALID_PURPOSE",
    "HOSTNAME_MISMATCH",
    "PATH_LENGTH_EXCEEDED",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "ERR_INVALID_ARG_TYPE",
    "ERR_INVALID_CHAR",
    "ERR_INVALID_HTTP_TOKEN",
    "ERR_INVALID_URL",
    "ERR_HTTP_INVALID_HEADER_VALUE",
    "UND_ERR_INVALID_ARG",
    "UND_ERR_NOT_SUPPORTED",
  ])("is recognized by its complete code: %s", (code) => {
    expect(wasNeverSent(systemFailure({ code }))).toBe(true);
    expect(isRetryable(sampleOperations.read, failedWith(systemFailure({ code })))).toBe(false);
  });

  test.each(["ERR_SSL_CERT_HAS_EXPIRED", "CERT_", "CRL_", "ERR_INVALID_URL_SCHEME", "HOSTNAME_MISMATCHED"])(
    "is not assumed for a similar code: %s",
    (code) => {
      expect(wasNeverSent(systemFailure({ code }))).toBe(false);
      expect(isRetryable(sampleOperations.read, failedWith(systemFailure({ code })))).toBe(true);
    },
  );
});

describe("wasNeverSent", () => {
  test.each([
    ["a refused connection", systemFailure({ code: "ECONNREFUSED", syscall: "connect" })],
    ["a refused connection without its system call", systemFailure({ code: "ECONNREFUSED" })],
    ["a host without a route", systemFailure({ code: "EHOSTUNREACH", syscall: "connect" })],
    ["a connection that takes too long to establish", systemFailure({ code: "UND_ERR_CONNECT_TIMEOUT" })],
    ["an unknown name", systemFailure({ code: "ENOTFOUND", syscall: "getaddrinfo" })],
    ["a name that cannot be looked up now", systemFailure({ code: "EAI_AGAIN", syscall: "getaddrinfo" })],
    ["the code of Bun", Object.assign(new Error(), { code: "ConnectionRefused" })],
    ["a cause of a cause", new Error("outer", { cause: systemFailure({ code: "ECONNREFUSED" }) })],
  ])("is certain for %s", (_, failure) => {
    expect(wasNeverSent(failure)).toBe(true);
  });

  test.each([
    ["a reset", systemFailure({ code: "ECONNRESET", syscall: "read" })],
    ["a broken pipe", systemFailure({ code: "EPIPE", syscall: "write" })],
    ["a socket that the other side closed", systemFailure({ code: "UND_ERR_SOCKET" })],
    ["a timeout while reading", systemFailure({ code: "ETIMEDOUT", syscall: "read" })],
    ["a code that only ends like one of those", systemFailure({ code: "PROXY_ECONNREFUSED" })],
    ["a code that only begins like one of those", systemFailure({ code: "ECONNREFUSED_BY_PROXY" })],
    ["a system call without a code", systemFailure({ syscall: "connect" })],
    ["another code above a refused connection", brokenAbove({ code: "ECONNREFUSED", syscall: "connect" })],
    ["an error without a code", new Error("network error")],
    ["no error at all", undefined],
    ["a text", "ECONNREFUSED"],
  ])("is not assumed for %s", (_, failure) => {
    expect(wasNeverSent(failure)).toBe(false);
  });
});

describe("systemError", () => {
  test("returns the code, the system call and the name of the error", () => {
    const failure = systemFailure({ code: "ECONNRESET", syscall: "read" });
    expect(systemError(failure)).toEqual({ name: "TypeError", code: "ECONNRESET", syscall: "read" });
  });

  test("omits values that do not have the form of a code or a system call", () => {
    const quoting = Object.assign(new Error(), { name: "Bearer sk_live_1", code: "sk_live_1", syscall: "GET /?a=1" });
    expect(systemError(quoting)).toEqual({});
  });

  test.each([
    ["a code after something else", { code: "token ECONNRESET" }, {}],
    ["a code before something else", { code: "ECONNRESET of a token" }, {}],
    ["a code of one letter", { code: "E" }, {}],
    ["a code that is too long", { code: "E".repeat(62) }, {}],
    ["a code that is a list", { code: ["ECONNRESET"] }, {}],
    ["a system call after something else", { code: "EPIPE", syscall: "sk_live write" }, { code: "EPIPE" }],
    ["a system call before something else", { code: "EPIPE", syscall: "write sk_live" }, { code: "EPIPE" }],
    ["a system call that is too long", { code: "EPIPE", syscall: "w".repeat(21) }, { code: "EPIPE" }],
    ["a system call without a code", { syscall: "connect" }, {}],
  ])("omits %s", (_, words, kept) => {
    expect(systemError(systemFailure(words))).toEqual({ name: "TypeError", ...kept });
  });

  test("keeps a code and a system call of the longest length that any runtime has", () => {
    const words = { code: `E${"X".repeat(60)}`, syscall: "w".repeat(20) };
    expect(systemError(systemFailure(words))).toEqual({ name: "TypeError", ...words });
  });

  test("returns the name of an Error only, not of other objects", () => {
    expect(systemError({ name: "Stranger", code: "ECONNRESET" })).toEqual({ code: "ECONNRESET" });
  });

  test("returns the first code in the chain of causes, and looks at no more than five errors", () => {
    expect(systemError(brokenAbove({ code: "ECONNREFUSED", syscall: "connect" })).code).toBe("UND_ERR_SOCKET");
    const nested = (depth: number): Error =>
      depth === 0 ? Object.assign(new Error(), { code: "EPIPE" }) : new Error("outer", { cause: nested(depth - 1) });
    expect(systemError(nested(4))).toEqual({ name: "Error", code: "EPIPE" });
    expect(systemError(nested(5))).toEqual({ name: "Error" });
  });

  test("accepts an error that is its own cause, and one whose members throw", () => {
    const circular = new Error("circular");
    circular.cause = circular;
    expect(systemError(circular)).toEqual({ name: "Error" });
    const trap = Object.defineProperty(new Error("trap"), "cause", {
      get() {
        throw new Error("read");
      },
    });
    expect(systemError(trap)).toEqual({ name: "Error" });
  });
});
