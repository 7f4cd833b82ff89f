import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UsageError } from "../../src/wrappers/errors.js";
import { fingerprintRequest, KeyMemory, resolveIdempotencyKey } from "../../src/wrappers/idempotency.js";
import { often } from "../support/long.js";
import { inputFor, sampleOperations } from "../support/operations.js";
import { always, json, refused, reset, type Step, scriptedFetch, status } from "../support/scripted-fetch.js";
import { failure, outcomeOf, settle, success } from "../support/settle.js";
import { testCaller } from "../support/test-caller.js";
import { virtualRuntime } from "../support/virtual-runtime.js";

const { read, keyed, absolute, unsafe } = sampleOperations;
const printable = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((c) => String.fromCharCode(c)),
  minLength: 1,
});

describe("resolveIdempotencyKey", () => {
  test("makes a new key for each call of a keyed operation, and none for other operations", () => {
    const runtime = virtualRuntime();
    expect([
      resolveIdempotencyKey(keyed, undefined, runtime),
      resolveIdempotencyKey(keyed, undefined, runtime),
    ]).toEqual(["key-1", "key-2"]);
    for (const operation of [read, absolute, unsafe])
      expect(resolveIdempotencyKey(operation, undefined, runtime)).toBeUndefined();
  });

  test("uses the caller's key unchanged", () => {
    fc.assert(
      fc.property(printable, (key) => {
        expect(resolveIdempotencyKey(keyed, key, virtualRuntime())).toBe(key);
      }),
    );
  });

  test.each(["", " ", "a b", "é", "a\nb", "x".repeat(256), 7 as unknown as string])("refuses %j as a key", (key) => {
    expect(() => resolveIdempotencyKey(keyed, key, virtualRuntime())).toThrow(
      new UsageError("options.idempotencyKey", "must be 1 to 255 printable ASCII characters without spaces", {
        operation: keyed,
      }),
    );
  });

  test("accepts a key of 255 characters", () => {
    expect(resolveIdempotencyKey(keyed, "x".repeat(255), virtualRuntime())).toHaveLength(255);
  });

  test("refuses a key for an operation that declares none", () => {
    for (const operation of [read, absolute, unsafe]) {
      expect(() => resolveIdempotencyKey(operation, "mine", virtualRuntime())).toThrow(
        `${operation.method} ${operation.path}: options.idempotencyKey: is not accepted by this operation`,
      );
    }
  });
});

describe("fingerprintRequest", () => {
  const body = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }));

  test("is equal for bodies that differ only in the order of fields, at any depth", () => {
    fc.assert(
      fc.property(body, body, (outer, inner) => {
        const turned = (value: object) => Object.fromEntries(Object.entries(value).reverse());
        const one = fingerprintRequest(keyed, "/v/things", JSON.stringify({ ...outer, inner }));
        const other = fingerprintRequest(
          keyed,
          "/v/things",
          JSON.stringify(turned({ ...outer, inner: turned(inner) })),
        );
        expect(other).toBe(one);
      }),
    );
  });

  test("differs with the body, the path and the operation", () => {
    fc.assert(
      fc.property(body, body, (a, b) => {
        const differ = JSON.stringify(sorted(a)) !== JSON.stringify(sorted(b));
        expect(
          fingerprintRequest(keyed, "/v/things", JSON.stringify(a)) !==
            fingerprintRequest(keyed, "/v/things", JSON.stringify(b)),
        ).toBe(differ);
      }),
    );
    expect(fingerprintRequest(keyed, "/v/things/1", JSON.stringify({}))).not.toBe(
      fingerprintRequest(keyed, "/v/things/2", JSON.stringify({})),
    );
    expect(fingerprintRequest(keyed, "/v/things", JSON.stringify({}))).not.toBe(
      fingerprintRequest(unsafe, "/v/things", JSON.stringify({})),
    );
  });

  test("differs for bodies that have the same values in different places", () => {
    const fingerprints = new Set<string>();
    for (let a = 0; a < 60; a++) {
      for (let b = 0; b < 60; b++) {
        fingerprints.add(fingerprintRequest(keyed, "/v", JSON.stringify({ a, b })));
        fingerprints.add(fingerprintRequest(keyed, "/v", JSON.stringify({ a: String(a), b: { c: b } })));
        fingerprints.add(fingerprintRequest(keyed, "/v", JSON.stringify({ a: [a, b], at: new Date(a * 1_000 + b) })));
      }
    }
    expect(fingerprints.size).toBe(3 * 60 * 60);
  });

  test("compares values by their JSON", () => {
    expect(fingerprintRequest(keyed, "/v", JSON.stringify({ a: 1, b: undefined }))).toBe(
      fingerprintRequest(keyed, "/v", JSON.stringify({ a: 1 })),
    );
    const [day, same] = [new Date(0), "1970-01-01T00:00:00.000Z"];
    expect(fingerprintRequest(keyed, "/v", JSON.stringify({ day }))).toBe(
      fingerprintRequest(keyed, "/v", JSON.stringify({ day: same })),
    );
    expect(fingerprintRequest(keyed, "/v", JSON.stringify({ a: 1 }))).not.toBe(
      fingerprintRequest(keyed, "/v", JSON.stringify({ a: "1" })),
    );
  });

  test("compares a body that is not JSON byte by byte", () => {
    const bodies = [undefined, "", "a=1&b=2", "b=2&a=1", "{", new Uint8Array([1, 2]), new Uint8Array([12])];
    expect(new Set(bodies.map((body) => fingerprintRequest(keyed, "/v", body))).size).toBe(bodies.length);
    expect(fingerprintRequest(keyed, "/v", "a=1")).toBe(fingerprintRequest(keyed, "/v", "a=1"));
  });

  test.each([
    ["9007199254740993", "9007199254740992"],
    ["-9007199254740993", "-9007199254740992"],
    ["1e400", "1e500"],
    ["1e400", "null"],
  ])("distinguishes %s from %s, which JSON.parse rounds to the same", (a, b) => {
    const fingerprint = (number: string) => fingerprintRequest(keyed, "/v", `{"a":[{"n":${number}}],"b":1}`);
    expect(fingerprint(a)).not.toBe(fingerprint(b));
    expect(fingerprint(a)).toBe(fingerprint(a));
  });

  test("ignores the order of fields as long as all numbers are exact", () => {
    const [one, other] = [
      '{"a":-9007199254740991,"b":"9007199254740993"}',
      '{"b":"9007199254740993","a":-9007199254740991}',
    ];
    expect(fingerprintRequest(keyed, "/v", one)).toBe(fingerprintRequest(keyed, "/v", other));
  });

  test("ignores whitespace as long as all numbers are exact", () => {
    expect(fingerprintRequest(keyed, "/v", '{ "a": 1 }')).toBe(fingerprintRequest(keyed, "/v", '{"a":1}'));
  });

  test("differs with the order of a list, because that order has a meaning", () => {
    expect(fingerprintRequest(keyed, "/v", JSON.stringify({ ids: [1, 2] }))).not.toBe(
      fingerprintRequest(keyed, "/v", JSON.stringify({ ids: [2, 1] })),
    );
  });
});

describe("KeyMemory", () => {
  test("accepts a key for the same request any number of times", () => {
    const keys = new KeyMemory();
    for (let i = 0; i < 3; i++) keys.claim("k", keyed, "1");
    expect(() => keys.claim("k", keyed, "2")).toThrow(
      "POST /v/things: options.idempotencyKey: was already used for a different request, whose result the service would return",
    );
    expect(() => keys.claim("k", keyed, "1")).not.toThrow();
  });

  test("releases a key when its last holder releases it", () => {
    const keys = new KeyMemory();
    const [releaseFirst, releaseSecond] = [keys.claim("k", keyed, "1"), keys.claim("k", keyed, "1")];
    releaseFirst();
    expect(() => keys.claim("k", keyed, "2")).toThrow(UsageError);
    releaseSecond();
    expect(() => keys.claim("k", keyed, "2")).not.toThrow();
  });

  test("counts a holder that releases twice only once", () => {
    const keys = new KeyMemory();
    const [release] = [keys.claim("k", keyed, "1"), keys.claim("k", keyed, "1")];
    release();
    release();
    expect(() => keys.claim("k", keyed, "2")).toThrow(UsageError);
  });

  test("keeps a newer claim when the holder of a forgotten claim releases the same key", () => {
    const keys = new KeyMemory();
    const release = keys.claim("k", keyed, "1");
    for (let i = 0; i < 20_000; i++) keys.claim(`k${i}`, keyed, "1");
    keys.claim("k", keyed, "2");
    release();
    expect(() => keys.claim("k", keyed, "3")).toThrow(UsageError);
  });

  test("releases a key that has moved to the older generation", () => {
    const keys = new KeyMemory();
    const release = keys.claim("k", keyed, "1");
    for (let i = 0; i < 10_000; i++) keys.claim(`k${i}`, keyed, "1");
    release();
    expect(() => keys.claim("k", keyed, "2")).not.toThrow();
  });

  test("remembers the latest ten thousand keys", () => {
    const keys = new KeyMemory();
    for (let i = 0; i < 35_000; i++) keys.claim(`k${i}`, keyed, "1");
    // One `expect` per key would take seconds for ten thousand keys.
    const isForgotten = (key: string) => {
      try {
        keys.claim(key, keyed, "2");
        return true;
      } catch {
        return false;
      }
    };
    expect(Array.from({ length: 10_000 }, (_, i) => `k${25_000 + i}`).filter(isForgotten)).toEqual([]);
  });

  test("forgets a key after twenty thousand other keys, so that its size stays bounded", () => {
    const keys = new KeyMemory();
    for (const key of ["first", "used again"]) keys.claim(key, keyed, "1");
    for (let i = 0; i < 20_000; i++) {
      if (i === 10_000) keys.claim("used again", keyed, "1");
      keys.claim(`k${i}`, keyed, "1");
    }
    expect(() => keys.claim("first", keyed, "2")).not.toThrow();
    expect(() => keys.claim("used again", keyed, "2")).toThrow(UsageError);
  });
});

describe("a call with a key", () => {
  test("keeps the key for its body after a failure whose outcome is unknown", async () => {
    const { caller, clock } = testCaller(scriptedFetch(reset(), json({ id: "thing_1" }, 201)), { maxRetries: 0 });
    const create = (v: number) => caller.call(keyed, { body: { v } }, { idempotencyKey: "order-7" });
    expect(await settle(clock, create(1))).toMatchObject({ error: { name: "ConnectionError", ambiguous: true } });
    expect(await settle(clock, create(2))).toMatchObject({ error: { name: "UsageError" } });
    expect(await settle(clock, create(1))).toMatchObject({ value: { id: "thing_1" } });
  });

  const reuse = async (first: unknown, second: unknown) => {
    const { caller, clock } = testCaller(always(json({ id: "thing_1" }, 201)));
    const options = { idempotencyKey: "order-7" };
    await success(clock, caller.call(keyed, { body: { v: first } }, options));
    return settle(clock, caller.call(keyed, { body: { v: second } }, options));
  };

  test.each([
    ["20", 30],
    ["1", 0],
    [true, "urue"],
    ["1", 1],
    [null, "null"],
    [[], {}],
    [
      [1, 2],
      [2, 1],
    ],
    [{ a: { b: 1 } }, { a: 1 }],
    ["a\u0000", "a"],
  ])("distinguishes %j from %j", async (first, second) => {
    expect(await reuse(first, second)).toMatchObject({
      error: { name: "UsageError", field: "options.idempotencyKey" },
    });
  });

  test.each([
    [[undefined], [null]],
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [{ a: 1, b: undefined }, { a: 1 }],
    [0, -0],
    [1, 1.0],
    [new Date(0), "1970-01-01T00:00:00.000Z"],
    [
      { 10: 1, 9: 2, x: { q: 1, p: 2 } },
      { x: { p: 2, q: 1 }, 9: 2, 10: 1 },
    ],
  ])("treats %j and %j as the same body", async (first, second) => {
    expect(await reuse(first, second)).toMatchObject({ value: { id: "thing_1" } });
  });

  test("distinguishes thousands of similar bodies from each other", () => {
    const fingerprints = new Set<unknown>();
    const many = often(4_000, 200_000);
    for (let i = 0; i < many; i++) fingerprints.add(fingerprintRequest(keyed, "/v", JSON.stringify({ v: i })));
    for (let i = 0; i < many; i++) fingerprints.add(fingerprintRequest(keyed, "/v", JSON.stringify({ v: String(i) })));
    expect(fingerprints.size).toBe(2 * many);
  });

  test("that sent nothing releases its key", async () => {
    const { caller, clock } = testCaller(scriptedFetch(refused(), json({ id: "thing_1" }, 201)));
    const options = { idempotencyKey: "order-7", maxRetries: 0 };
    const signal = AbortSignal.abort();
    await failure(clock, caller.call(keyed, { body: { n: 1 } }, { ...options, signal }));
    await failure(clock, caller.call(keyed, { body: { n: 2 } }, options));
    expect(await success(clock, caller.call(keyed, { body: { n: 3 } }, options))).toEqual({ id: "thing_1" });
  });

  test("keeps the key when another call with it was sent, or when a response was received", async () => {
    const { caller, clock } = testCaller(scriptedFetch(json({ id: "thing_1" }, 201), status(422)));
    const [sent, refusedKey] = [{ idempotencyKey: "order-7" }, { idempotencyKey: "order-8" }];
    const [first, second] = [
      caller.call(keyed, { body: { n: 1 } }, sent),
      caller.call(keyed, { body: { n: 1 } }, { ...sent, signal: AbortSignal.abort() }),
    ];
    await failure(clock, second as PromiseLike<unknown>);
    await success(clock, first as PromiseLike<unknown>);
    await failure(clock, caller.call(keyed, { body: { n: 1 } }, refusedKey));
    for (const options of [sent, refusedKey]) {
      expect(await failure(clock, caller.call(keyed, { body: { n: 2 } }, options))).toMatchObject({ attempts: 0 });
    }
  });

  test("that sent nothing, and whose key was forgotten meanwhile, does not release the key of another call", async () => {
    let refuse: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      refuse = resolve;
    });
    const later: Step = (signal) => gate.then(() => refused()(signal));
    const created = Array.from({ length: 20_002 }, () => json({ id: "thing_1" }, 201));
    const { caller, clock } = testCaller(scriptedFetch(later, ...created), { maxRetries: 0 });
    const create = (n: number, idempotencyKey: string) => caller.call(keyed, { body: { n } }, { idempotencyKey });
    const first = outcomeOf(create(1, "order-7"));
    for (let n = 0; n < 20_000; n++) await create(n, `other-${n}`);
    await create(2, "order-7");
    refuse();
    expect(await first).toMatchObject({ error: { name: "ConnectionError", ambiguous: false } });
    expect(await settle(clock, create(3, "order-7"))).toMatchObject({ error: { name: "UsageError", attempts: 0 } });
  });

  test("for which middleware responds releases only its own claim, and only once", async () => {
    const mismatch = { error: { type: "idempotency_error", message: "known with another body" } };
    const { caller, clock } = testCaller(always(json({ id: "thing_1" }, 201)), {
      middleware: [
        (request, next) => (sendsNothing ? Promise.resolve(Response.json(mismatch, { status: 409 })) : next(request)),
      ],
    });
    const create = (n: number) => caller.call(keyed, { body: { n } }, { idempotencyKey: "order-7" });
    let sendsNothing = false;
    await success(clock, create(1));
    sendsNothing = true;
    await failure(clock, create(1));
    sendsNothing = false;
    expect(await settle(clock, create(2))).toMatchObject({ error: { name: "UsageError", attempts: 0 } });
  });

  test("that the service refuses because the key belongs to another body releases the key", async () => {
    const mismatch = json({ error: { type: "idempotency_error", message: "known with another body" } }, 409);
    const { caller, clock } = testCaller(scriptedFetch(mismatch, json({ id: "thing_1" }, 201)));
    const options = { idempotencyKey: "order-7" };
    expect(await failure(clock, caller.call(keyed, { body: { n: 1 } }, options))).toMatchObject({ attempts: 1 });
    expect(await success(clock, caller.call(keyed, { body: { n: 2 } }, options))).toEqual({ id: "thing_1" });
  });

  test("whose key is null gets a new one", async () => {
    const { caller, clock } = testCaller(always(json({ id: "thing_1" }, 201)));
    const options = { idempotencyKey: null as unknown as undefined };
    const call = caller.call(keyed, { body: { n: 1 } }, options);
    expect(await success(clock, call.withResponse())).toMatchObject({ idempotencyKey: "key-1" });
  });

  test("sends it with every attempt and returns it", async () => {
    const fetch = scriptedFetch(reset(), reset(), json({ id: "thing_1" }, 201));
    const { caller, clock } = testCaller(fetch);
    const call = caller.call(keyed, inputFor(keyed), { idempotencyKey: "order-7" });
    expect(await success(clock, call.withResponse())).toMatchObject({ idempotencyKey: "order-7", attempts: 3 });
    expect(fetch.requests.map(({ headers }) => headers["idempotency-key"])).toEqual(["order-7", "order-7", "order-7"]);
  });

  test("is refused before anything is sent when the key belongs to another body, also for concurrent calls", async () => {
    const fetch = always(json({ id: "thing_1" }, 201));
    const { caller, clock } = testCaller(fetch);
    const options = { idempotencyKey: "order-7" };
    const [first, second] = [{ n: 1 }, { n: 2 }].map((body) => caller.call(keyed, { body }, options));
    expect(await failure(clock, second as PromiseLike<unknown>)).toMatchObject({
      name: "UsageError",
      field: "options.idempotencyKey",
      attempts: 0,
    });
    await success(clock, first as PromiseLike<unknown>);
    await success(clock, caller.call(keyed, { body: { n: 1 } }, options));
    expect(fetch.requests).toHaveLength(2);
  });

  test("whose body cannot be serialized does not use up the key", async () => {
    const { caller, clock } = testCaller(always(json({ id: "thing_1" }, 201)));
    const options = { idempotencyKey: "order-7" };
    await failure(clock, caller.call(keyed, { body: { n: Number.NaN } }, options));
    await success(clock, caller.call(keyed, { body: { n: 1 } }, options));
  });

  test("shares its key with no other client", async () => {
    for (const n of [1, 2]) {
      const { caller, clock } = testCaller(always(json({ id: "thing_1" }, 201)));
      await success(clock, caller.call(keyed, { body: { n } }, { idempotencyKey: "order-7" }));
    }
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .map(([name, member]) => [name, sorted(member)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
