import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { ConnectionError } from "../../src/wrappers/errors.js";
import { emit, logEvents } from "../../src/wrappers/events.js";
import { inputFor, sampleOperations } from "../support/operations.js";
import { json, reset, scriptedFetch, status, text } from "../support/scripted-fetch.js";
import { failure, success, turns } from "../support/settle.js";
import { testCaller } from "../support/test-caller.js";
import { virtualRuntime } from "../support/virtual-runtime.js";

const { read, unsafe } = sampleOperations;
const base = { call: expect.any(Number), operation: "things.get", method: "GET", path: "/v/things/{id}" };

describe("events", () => {
  test("are emitted for each request, response and retry of a call, with its attempt", async () => {
    const fetch = scriptedFetch(status(503), reset(), json({ id: "thing_1" }, 200, { "x-request-id": "req_1" }));
    const { caller, clock, events } = testCaller(fetch);
    await success(clock, caller.call(read, inputFor(read)));
    expect(events).toEqual([
      { type: "request", ...base, attempt: 1 },
      { type: "response", ...base, attempt: 1, status: 503, durationMs: 0, requestId: undefined },
      { type: "retry", ...base, attempt: 1, status: 503, delayMs: 250 },
      { type: "request", ...base, attempt: 2 },
      { type: "retry", ...base, attempt: 2, status: undefined, delayMs: 500 },
      { type: "request", ...base, attempt: 3 },
      { type: "response", ...base, attempt: 3, status: 200, durationMs: 0, requestId: "req_1" },
      { type: "success", ...base, attempt: 3, status: 200, durationMs: 750 },
    ]);
  });

  test("carry one number per call, and no two calls share it", async () => {
    const { caller, clock, events } = testCaller(
      scriptedFetch(status(503), status(503), json({ id: "thing_1" }), json({ id: "thing_1" })),
    );
    const calls = [caller.call(read, inputFor(read)), caller.call(read, inputFor(read))];
    await success(clock, Promise.all(calls));
    const ended = events.filter(({ type }) => type === "success").map(({ call }) => call);
    expect(new Set(ended).size).toBe(2);
    expect(events.every(({ call }) => ended.includes(call))).toBe(true);
    for (const call of ended) expect(events.filter((event) => event.call === call)).toHaveLength(6);
  });

  test("number calls consecutively, across all clients of the process", async () => {
    const first: number[] = [];
    for (let i = 0; i < 3; i++) {
      const { caller, clock, events } = testCaller(scriptedFetch(json({ id: "thing_1" })));
      await success(clock, caller.call(read, inputFor(read)));
      first.push(events[0]?.call as number);
    }
    expect(first[1]).toBe((first[0] as number) + 1);
    expect(first[2]).toBe((first[0] as number) + 2);
  });

  test("include no success event for a call that failed, and no error event for a call that succeeded", async () => {
    const { caller, clock, events } = testCaller(scriptedFetch(status(404), text("no JSON"), json({ id: "thing_1" })));
    await failure(clock, caller.call(read, inputFor(read)));
    await failure(clock, caller.call(read, inputFor(read)));
    await success(clock, caller.call(read, inputFor(read)));
    const ends = events.filter(({ type }) => type === "success" || type === "error").map(({ type }) => type);
    expect(ends).toEqual(["error", "error", "success"]);
  });

  test("include one error event for a failed call, with its error and the duration of the whole call", async () => {
    const { caller, clock, events } = testCaller(scriptedFetch(status(429, { "retry-after": "5" }), reset()));
    const error = await failure(clock, caller.call(unsafe, inputFor(unsafe)));
    const failures = events.filter(({ type }) => type === "error");
    expect(failures).toEqual([
      {
        type: "error",
        call: expect.any(Number),
        operation: "things.create",
        method: "POST",
        path: "/v/things",
        attempt: 2,
        status: undefined,
        durationMs: 5_000,
        error,
      },
    ]);
  });

  test("include only errors of the client: when the runtime option throws, no error event is emitted", async () => {
    const broken = new Error("broken");
    const runtime = virtualRuntime({
      random: () => {
        throw broken;
      },
    });
    const { caller, clock, events } = testCaller(scriptedFetch(status(503)), { runtime });
    expect(await failure(clock, caller.call(read, inputFor(read)))).toBe(broken);
    expect(events.map(({ type }) => type)).toEqual(["request", "response"]);
  });

  test("do not change the result of a call when the listener throws or rejects", async () => {
    for (const onEvent of [
      () => {
        throw new Error("broken");
      },
      async () => {
        throw new Error("broken");
      },
    ]) {
      const { caller, clock } = testCaller(scriptedFetch(status(503), json({ id: "thing_1" })), { onEvent });
      expect(await success(clock, caller.call(read, inputFor(read)))).toEqual({ id: "thing_1" });
    }
  });
});

test("no event follows the end of a call, even when fetch ignores its signal and a body ends late", async () => {
  const bodies: (() => void)[] = [];
  const fetch = async () => {
    const response = new Response('{"id":"thing_1"}', { headers: { "content-length": "16" } });
    const text = () => new Promise<string>((resolve) => bodies.push(() => resolve('{"id":"thing_1"}')));
    return Object.defineProperty(response, "text", { value: text });
  };
  const { caller, clock, events } = testCaller(fetch, { maxRetries: 0, timeoutMs: 1_000 });
  expect(await failure(clock, caller.call(read, inputFor(read)))).toMatchObject({ name: "TimeoutError" });
  for (const end of bodies) end();
  await turns();
  expect(events.map(({ type }) => type)).toEqual(["request", "error"]);
});

describe("emit", () => {
  const elsewhere: () => unknown = runInNewContext('async () => { throw new Error("broken"); }');

  const rejects = () => Promise.reject(new Error("broken"));

  test.each([
    ["an async listener", () => Promise.reject(new Error("broken"))],
    ["an async listener of another realm", elsewhere],
    ["logEvents with an async logger", logEvents({ info: rejects, warn: rejects })],
  ])("leaves no unhandled rejection of %s", async (_, listener) => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.on("unhandledRejection", note);
    const onEvent = listener as () => undefined;
    const error = new ConnectionError("no response.");
    for (const details of [
      { type: "request", attempt: 1 },
      { type: "response", attempt: 1, status: 503, durationMs: 1, requestId: undefined },
      { type: "retry", attempt: 1, status: 503, delayMs: 1 },
      { type: "success", attempt: 1, status: 200, durationMs: 1 },
      { type: "error", attempt: 1, status: undefined, durationMs: 1, error },
    ] as const) {
      emit({ id: 1, operation: read, settings: { onEvent } }, details);
    }
    await turns();
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
  });
});
