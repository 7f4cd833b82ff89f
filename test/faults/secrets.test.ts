import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { SfcClient } from "../../src/client.js";
import type { OrderCreate } from "../../src/generated/types.js";
import { createPathClient } from "../../src/paths.js";
import { type Caller, createCaller } from "../../src/wrappers/call.js";
import type { SfcEvent } from "../../src/wrappers/events.js";
import type { ClientOptions } from "../../src/wrappers/options.js";
import { sampleErrors } from "../support/errors.js";
import { sampleList, sampleOperations } from "../support/operations.js";
import { always, json, scriptedFetch } from "../support/scripted-fetch.js";
import { outcomeOf, settle } from "../support/settle.js";
import { testCaller } from "../support/test-caller.js";
import { type Bench, network, startBench } from "./bench.js";
import { faults } from "./faults.js";
import { listFaults } from "./list-faults.js";
import { allOperations } from "./matrix.js";
import { listFaultHeader } from "./server.js";

const token = "sk_live_t0ken";
/** Each text marks something that must not be exposed: the token, a body, a header, a query or a presigned URL. */
const marks = [token, "Bearer", "b0dy-s3cret", "h3ader-s3cret", "qu3ry-s3cret", "X-Amz-Signature"];
const body = { note: "b0dy-s3cret", side: "buy" };
const headers = { "x-secret": "h3ader-s3cret" };
const query = { tag: ["qu3ry-s3cret"] };

/** Every form in which a log, a crash report or a debugger may show a value. */
function shown(value: unknown): string {
  const error = value instanceof Error ? [String(value), value.message, value.stack, shownCause(value)] : [];
  return [
    ...error,
    JSON.stringify(value),
    inspect(value, { depth: null }),
    inspect(value, { depth: null, showHidden: true }),
    inspect({ ...(value as object) }, { depth: null, showHidden: true }),
  ].join("\n");
}

function shownCause(error: Error): string {
  return error.cause === undefined ? "" : shown(error.cause);
}

function expectNoSecret(value: unknown): void {
  const text = shown(value);
  for (const mark of marks) expect(text).not.toContain(mark);
}

let bench: Bench;
const written = { console: [] as unknown[][] };
beforeAll(async () => {
  bench = await startBench([...allOperations, ...Object.values(sampleOperations), sampleList()]);
});
afterAll(() => bench.close());
beforeEach(() => {
  written.console.length = 0;
  for (const method of ["log", "info", "warn", "error", "debug", "trace"] as const) {
    vi.spyOn(console, method).mockImplementation((...words) => void written.console.push(words));
  }
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Makes a call of each class with secrets in every possible place, and returns the errors. */
async function errorsOf(caller: Caller, settled: typeof outcomeOf = outcomeOf): Promise<Error[]> {
  const { read, ...writes } = sampleOperations;
  const path = { id: "thing_1" };
  const calls: (() => PromiseLike<unknown>)[] = [
    ...Object.values(writes).map((write) => () => caller.call(write, { path, body, query }, { headers })),
    () => caller.call(read, { path, query }, { headers }),
    () => caller.list(sampleList(), { query }, { headers }).toArray({ max: 1_000 }),
  ];
  const errors: Error[] = [];
  for (const call of calls) {
    const outcome = await settled<unknown>(call());
    if ("error" in outcome) errors.push(outcome.error as Error);
  }
  return errors;
}

describe("no secret is in an error, an event or a log", () => {
  const seen = new Set<string>();

  test.each(faults.map(({ name }) => [name]))("after %s", async (name) => {
    bench.server.reset([2, 2]);
    const fault = faults.find((candidate) => candidate.name === name);
    const net = network(bench, () => fault, { token });
    // The calls run one after the other, because a call without a response moves the clock.
    const errors = await errorsOf(createCaller(net.options));
    for (const error of errors) {
      seen.add(error.name);
      expectNoSecret(error);
    }
    for (const event of net.events) expectNoSecret(event);
    expect(net.events.length).toBeGreaterThan(0);
    expect(written.console).toEqual([]);
  });

  test.each(listFaults.map(({ name }) => [name]))("after pages with %s", async (name) => {
    bench.server.reset([2, 2]);
    const sent = new Headers({ [listFaultHeader]: name });
    const { caller } = testCaller(
      (url, init) => {
        for (const [header, value] of Object.entries(init.headers as Record<string, string>)) sent.set(header, value);
        return globalThis.fetch(url, { ...init, headers: sent });
      },
      { token, baseUrl: bench.server.url },
    );
    const outcome = await outcomeOf(caller.list(sampleList(), { query }, { headers }).toArray({ max: 1_000 }));
    if (!("error" in outcome)) return;
    seen.add((outcome.error as Error).name);
    expectNoSecret(outcome.error);
  });

  test("after an abort", async () => {
    const { caller, events } = testCaller(scriptedFetch(), { token });
    const signal = AbortSignal.abort(new Error(`${token} b0dy-s3cret`));
    const call = caller.call(sampleOperations.unsafe, { body, query }, { headers, signal });
    const { error } = (await outcomeOf(call)) as { error: Error };
    seen.add(error.name);
    expectNoSecret(error);
    for (const event of events) expectNoSecret(event);
  });

  test("after a call with an invalid argument", async () => {
    const { caller } = testCaller(scriptedFetch(), { token });
    const circle: Record<string, unknown> = { ...body };
    circle["b0dy-s3cret"] = circle;
    const { keyed, read } = sampleOperations;
    const path = { id: "thing_1" };
    const calls = [
      () => caller.call(keyed, { body: circle }),
      () => caller.call(keyed, { body: { ...body, price: Number.NaN } }),
      () => caller.call(keyed, { body }, { headers: { "x-secret": "h3ader-s3cret\n" } }),
      () => caller.call(keyed, { body }, { headers: { "h3ader-s3cret\n": "x" } }),
      () => caller.call(keyed, { body }, { headers: { authorization: `Bearer ${token}` } }),
      () => caller.call(read, { path, query: { tag: "qu3ry-s3cret\ud83d" } }),
      () => caller.call(read, { path: { id: "qu3ry-s3cret\ud83d" } }),
    ];
    for (const call of calls) {
      const { error } = (await outcomeOf(call())) as { error: Error };
      expect(error.name).toBe("UsageError");
      seen.add(error.name);
      expectNoSecret(error);
    }
  });

  test("with every class of error", () => {
    expect([...seen].sort()).toEqual(Object.keys(sampleErrors()).sort());
  });
});

describe("a fetch that puts the request into its errors", () => {
  const failures: Record<string, (url: string, init: RequestInit) => unknown> = {
    "in the message": (url, init) => new TypeError(`failed: ${url} ${JSON.stringify(init)}`),
    "in fields of its own": (url, init) => Object.assign(new Error("failed"), { config: { url, init }, request: init }),
    "in the cause": (url, init) => new Error("failed", { cause: { url, init } }),
    "in the words of the system": (url, init) =>
      Object.assign(new Error("failed"), {
        name: `Error ${JSON.stringify(init.headers)}`,
        code: `E_${JSON.stringify(init.headers)}`,
        syscall: url,
        errno: token,
      }),
    "as the system's words themselves": () => Object.assign(new Error(), { name: token, code: token, syscall: token }),
    "in several errors": (url, init) => new AggregateError([new Error(url), new Error(JSON.stringify(init))], token),
    "as a text": (url, init) => `${url} ${JSON.stringify(init)}`,
    "as the request itself": (_, init) => init,
    "in what throws when it is read": (_, init) =>
      Object.defineProperty(new Error(), "code", {
        get: () => {
          throw new Error(JSON.stringify(init));
        },
      }),
    "in an aborted request's reason": (url) => new DOMException(`${token} ${url}`, "AbortError"),
  };

  test.each(Object.entries(failures))("%s", async (_, failureOf) => {
    const rejecting: ClientOptions["fetch"] = (url, init) => Promise.reject(failureOf(url, init));
    const throwing: ClientOptions["fetch"] = (url, init) => {
      throw failureOf(url, init);
    };
    const breaking: ClientOptions["fetch"] = async (url, init) =>
      new Response(new ReadableStream({ start: (controller) => controller.error(failureOf(url, init)) }));
    for (const fetch of [rejecting, throwing, breaking]) {
      const { caller, clock, events } = testCaller(fetch, { token });
      const errors = await errorsOf(caller, (call) => settle(clock, call));
      expect(errors.map(({ name }) => name)).toEqual(Array(5).fill("ConnectionError"));
      for (const value of [...errors, ...events]) expectNoSecret(value);
    }
    expect(written.console).toEqual([]);
  });
});

describe("a token that cannot be used", () => {
  const sources: Record<string, ClientOptions["token"]> = {
    "from a function that throws it": () => {
      throw new Error(token);
    },
    "from a function that rejects with it": () => Promise.reject(token),
    "with a newline": () => `${token}\n`,
    "with a header after it": () => `${token}\r\nx-other: 1`,
    "that is an object": () => ({ token }) as unknown as string,
  };

  test.each(Object.entries(sources))("is not exposed: %s", async (_, source) => {
    const fetch = scriptedFetch();
    const { caller, events } = testCaller(fetch, { token: source });
    const errors = await errorsOf(caller);
    expect(errors.map(({ name }) => name)).toEqual(Array(5).fill("UsageError"));
    for (const value of [...errors, ...events]) expectNoSecret(value);
    expect(fetch.requests).toEqual([]);
  });

  test("is not exposed when a client is made with it", () => {
    for (const bad of [`${token}\n`, `${token} `, `${token}é`]) {
      try {
        new SfcClient({ token: bad });
        expect.unreachable();
      } catch (error) {
        expect((error as Error).name).toBe("UsageError");
        expectNoSecret(error);
      }
    }
  });
});

describe("a client and the objects that it returns expose no secret", () => {
  test("as SfcClient, path client and caller", () => {
    const options = { token, fetch: always(json({})), onEvent: (_: SfcEvent) => undefined };
    for (const client of [new SfcClient(options), createPathClient(options), createCaller(options)]) {
      expectNoSecret(client);
      for (const part of Object.values(client)) expectNoSecret(part);
    }
  });

  test("as a list, a page and a result", async () => {
    const { caller, clock } = testCaller(always(json({ data: [{ id: "a" }], has_more: true, cursor: "A" })), { token });
    const list = caller.list(sampleList(), { query }, { headers });
    expectNoSecret(list);
    const page = await settle(clock, list);
    expectNoSecret(page);
    const call = caller.call(sampleOperations.keyed, { body, query }, { headers });
    expectNoSecret(call);
    expectNoSecret(await settle(clock, call.withResponse()));
  });

  test("as an error of the path client", async () => {
    for (const fault of faults) {
      bench.server.reset();
      const net = network(bench, () => fault, { token });
      const client = createPathClient(net.options);
      const call = client.POST("/preview/v2/orders", { body: body as unknown as OrderCreate, headers });
      const outcome = await outcomeOf(call);
      if ("error" in outcome) expectNoSecret(outcome.error);
      for (const event of net.events) expectNoSecret(event);
    }
  });
});
