import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { createCaller } from "../../src/wrappers/call.js";
import type { CallInput } from "../../src/wrappers/request.js";
import { inputFor, sampleDelete, sampleList, sampleOperations } from "../support/operations.js";
import { json, noContent, scriptedFetch, status } from "../support/scripted-fetch.js";
import { failure, outcomeOf, success, turns } from "../support/settle.js";
import { testCaller } from "../support/test-caller.js";

const { read, keyed, unsafe } = sampleOperations;

function throwSecret(): never {
  throw new Error("s3cr3t");
}

/** Unhandled rejections while `run` does its work. */
async function unhandledDuring(run: () => Promise<unknown>): Promise<unknown[]> {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  await run();
  await turns();
  process.off("unhandledRejection", note);
  return unhandled;
}

describe("a call", () => {
  test("sends the given path, body and headers in the form that the API expects", async () => {
    const fetch = scriptedFetch(json({ id: "thing_1" }, 201));
    const { caller, clock } = testCaller(fetch);
    await success(clock, caller.call(keyed, { body: { n: 1 } }, { headers: { "X-Trace": "7" } }));
    expect(fetch.requests[0]).toMatchObject({
      url: "https://api.test/v/things",
      method: "POST",
      headers: {
        accept: "application/json",
        "content-type": "application/json",
        "idempotency-key": "key-1",
        "x-trace": "7",
        authorization: "Bearer sk_live_5up3r_s3cr3t",
      },
      body: '{"n":1}',
    });
  });

  test("sends no content type and no key when there is no body and no key", async () => {
    const fetch = scriptedFetch(json({ id: "thing_1" }));
    const { caller, clock } = testCaller(fetch);
    await success(clock, caller.call(read, inputFor(read)));
    expect(Object.keys(fetch.requests[0]?.headers ?? {})).toEqual(["accept", "user-agent", "authorization"]);
  });

  test("sends one request, however often its result is read", async () => {
    const fetch = scriptedFetch(json({ id: "thing_1" }));
    const { caller, clock } = testCaller(fetch);
    const call = caller.call(read, inputFor(read));
    expect(await success(clock, call)).toEqual({ id: "thing_1" });
    expect(await success(clock, call.withResponse())).toMatchObject({ data: { id: "thing_1" }, attempts: 1 });
    expect(fetch.requests).toHaveLength(1);
  });

  test("sends its request at once, whether it is awaited or not", async () => {
    const fetch = scriptedFetch(noContent());
    const { caller } = testCaller(fetch);
    caller.call(sampleDelete, inputFor(sampleDelete));
    await turns();
    expect(fetch.requests).toHaveLength(1);
  });

  test("that fails rejects only the promises that are used", async () => {
    const failing = () => {
      const { caller } = testCaller(scriptedFetch(status(422)));
      return caller.call(unsafe, inputFor(unsafe));
    };
    expect(await unhandledDuring(() => outcomeOf(failing()))).toEqual([]);
    expect(await unhandledDuring(() => outcomeOf(failing().withResponse()))).toEqual([]);
    const both = async () => {
      const call = failing();
      await Promise.all([outcomeOf(call), outcomeOf(call.withResponse())]);
    };
    expect(await unhandledDuring(both)).toEqual([]);
  });

  test.each([
    ["Headers", new Headers({ "idempotency-key": "order-7" })],
    ["a Map", new Map([["idempotency-key", "order-7"]])],
    ["pairs", [["idempotency-key", "order-7"]]],
    ["text", "idempotency-key: order-7"],
    ["an object of a class", new URL("https://api.test")],
  ])("refuses headers that are not a plain object: %s", async (_, given) => {
    const fetch = scriptedFetch();
    const { caller, clock } = testCaller(fetch);
    const headers = given as unknown as Record<string, string>;
    const error = await failure(clock, caller.call(keyed, inputFor(keyed), { headers }));
    expect(error).toMatchObject({ name: "UsageError", field: "options.headers", attempts: 0 });
    expect((error as Error).message).toContain("plain object");
    expect(fetch.requests).toHaveLength(0);
  });

  test.each([
    ["authorization", "use the client's token option"],
    ["Idempotency-Key", "use the call's idempotencyKey option"],
    ["Content-Length", "the transport sets it"],
    ["transfer-encoding", "the transport sets it"],
    ["connection", "the transport sets it"],
    ["expect", "the transport sets it"],
  ])("refuses the header %s, and says what to do", async (name, advice) => {
    const fetch = scriptedFetch();
    const { caller, clock } = testCaller(fetch);
    const error = await failure(clock, caller.call(keyed, inputFor(keyed), { headers: { [name]: "3" } }));
    expect(error).toMatchObject({ name: "UsageError", field: "options.headers", attempts: 0 });
    expect(String(error)).toContain(`must not contain "${name.toLowerCase()}": ${advice}`);
    expect(fetch.requests).toHaveLength(0);
  });

  test.each([
    ["options", () => [inputFor(keyed), new Proxy({}, { ownKeys: throwSecret })]],
    [
      "an option",
      () => [
        inputFor(keyed),
        {
          get signal() {
            return throwSecret();
          },
        },
      ],
    ],
    [
      "a header",
      () => [
        inputFor(keyed),
        {
          headers: {
            get trace() {
              return throwSecret();
            },
          },
        },
      ],
    ],
    [
      "a query",
      () => [
        {
          ...inputFor(keyed),
          query: {
            get limit() {
              return throwSecret();
            },
          },
        },
        {},
      ],
    ],
    [
      "a path value",
      () => [
        {
          ...inputFor(keyed),
          get path() {
            return throwSecret();
          },
        },
        {},
      ],
    ],
  ] as [string, () => [CallInput, object]][])(
    "whose getter throws fails with a UsageError without the getter's error: %s",
    async (_, given) => {
      const fetch = scriptedFetch();
      const { caller, clock } = testCaller(fetch);
      const error = await failure(clock, caller.call(keyed, ...given()));
      expect(error).toMatchObject({ name: "UsageError", field: "call", attempts: 0, ambiguous: false });
      expect((error as Error).message).toBe(
        "POST /v/things: call: cannot be read: a getter or a proxy in its arguments failed",
      );
      expect(inspect(error)).not.toContain("s3cr3t");
      expect(fetch.requests).toHaveLength(0);
    },
  );

  test("accepts headers without a prototype, and null for no headers", async () => {
    const headers = Object.assign(Object.create(null), { "x-trace": "7" });
    const fetch = scriptedFetch(json({ id: "thing_1" }), json({ id: "thing_1" }));
    const { caller, clock } = testCaller(fetch);
    await success(clock, caller.call(read, inputFor(read), { headers }));
    await success(clock, caller.call(read, inputFor(read), { headers: null as unknown as undefined }));
    expect(fetch.requests[0]?.headers["x-trace"]).toBe("7");
  });

  test.each([null, undefined])("treats %j as no options, no path, no query and no body", async (none) => {
    const me = { name: "account.me", method: "GET", path: "/v/me", retry: "read" } as const;
    const absent = none as unknown as undefined;
    const fetch = scriptedFetch(json({ id: "me" }), json({ data: [], has_more: false }));
    const { caller, clock } = testCaller(fetch);
    const input = { path: absent, query: absent, body: absent } as unknown as CallInput;
    expect(await success(clock, caller.call(me, input, absent))).toEqual({ id: "me" });
    expect(await success(clock, caller.list(sampleList(), input, absent))).toMatchObject({ data: [] });
    expect(fetch.requests[0]?.init).not.toHaveProperty("body");
  });

  test.each(["no", 7, true, [], () => undefined])("refuses %j as options and as a query", async (wrong) => {
    const { caller, clock } = testCaller(scriptedFetch());
    expect(await failure(clock, caller.call(read, inputFor(read), wrong as object))).toMatchObject({
      name: "UsageError",
      field: "options",
    });
    const query = wrong as object;
    expect(await failure(clock, caller.list(sampleList(), { query }))).toMatchObject({
      name: "UsageError",
      field: "query",
    });
    expect(() => createCaller(wrong as object)).toThrow("options: must be");
  });

  test.each([
    ["a toJSON that returns undefined", { toJSON: () => undefined }],
    ["a function", () => undefined],
    ["a symbol", Symbol("body")],
    ["null", null],
  ])("refuses a body that cannot be written as JSON, with and without a key: %s", async (_, body) => {
    const fetch = scriptedFetch();
    const { caller, clock } = testCaller(fetch);
    for (const options of [{}, { idempotencyKey: "order-7" }]) {
      expect(await failure(clock, caller.call(keyed, { body }, options))).toMatchObject({
        name: "UsageError",
        field: "body",
      });
    }
    expect(fetch.requests).toHaveLength(0);
  });

  test("with an invalid argument rejects its promise and never throws", async () => {
    const { caller } = testCaller(scriptedFetch());
    expect(await outcomeOf(caller.call(read, { path: { id: ".." } }))).toMatchObject({ error: { name: "UsageError" } });
    expect(await outcomeOf(caller.call(unsafe, {}))).toMatchObject({ error: { name: "UsageError", field: "body" } });
    const signal = new AbortController() as unknown as AbortSignal;
    expect(await outcomeOf(caller.call(read, inputFor(read), { signal }))).toMatchObject({
      error: { name: "UsageError", field: "options.signal" },
    });
  });
});

test("a caller exposes its methods and none of its settings", () => {
  const { caller } = testCaller(scriptedFetch());
  expect(Object.keys(caller)).toEqual(["call", "list", "withOptions"]);
  expect(JSON.stringify(caller.list(sampleList(), {}))).toBe("{}");
});
