import { describe, expect, test } from "vitest";
import { inputFor, sampleDelete, sampleList, sampleOperations } from "../support/operations.js";
import { json, noContent, scriptedFetch, status } from "../support/scripted-fetch.js";
import { outcomeOf, success, turns } from "../support/settle.js";
import { testCaller } from "../support/test-caller.js";

const { read, keyed, unsafe } = sampleOperations;

/** Rejections that nobody handles while `run` does its work. */
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
  test("sends what it was given, in the service's words", async () => {
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

  test("says nothing of a body or a key where there is none", async () => {
    const fetch = scriptedFetch(json({ id: "thing_1" }));
    const { caller, clock } = testCaller(fetch);
    await success(clock, caller.call(read, inputFor(read)));
    expect(Object.keys(fetch.requests[0]?.headers ?? {})).toEqual(["accept", "authorization"]);
  });

  test("is one request however it is looked at", async () => {
    const fetch = scriptedFetch(json({ id: "thing_1" }));
    const { caller, clock } = testCaller(fetch);
    const call = caller.call(read, inputFor(read));
    expect(await success(clock, call)).toEqual({ id: "thing_1" });
    expect(await success(clock, call.withResponse())).toMatchObject({ data: { id: "thing_1" }, attempts: 1 });
    expect(fetch.requests).toHaveLength(1);
  });

  test("is sent at once, awaited or not", async () => {
    const fetch = scriptedFetch(noContent());
    const { caller } = testCaller(fetch);
    caller.call(sampleDelete, inputFor(sampleDelete));
    await turns();
    expect(fetch.requests).toHaveLength(1);
  });

  test("that fails is told to whoever looks, and to nobody else", async () => {
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

  test("that is wrong is rejected, never thrown", async () => {
    const { caller } = testCaller(scriptedFetch());
    expect(await outcomeOf(caller.call(read, { path: { id: ".." } }))).toMatchObject({ error: { name: "UsageError" } });
    expect(await outcomeOf(caller.call(unsafe, {}))).toMatchObject({ error: { name: "UsageError", field: "body" } });
    const signal = new AbortController() as unknown as AbortSignal;
    expect(await outcomeOf(caller.call(read, inputFor(read), { signal }))).toMatchObject({
      error: { name: "UsageError", field: "options.signal" },
    });
  });
});

test("a caller shows nothing of what it holds", () => {
  const { caller } = testCaller(scriptedFetch());
  expect(Object.keys(caller)).toEqual(["call", "list"]);
  expect(JSON.stringify(caller.list(sampleList(), {}))).toBe("{}");
});
