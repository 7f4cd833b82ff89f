import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type CheckedOperation,
  type CheckLiveOptions,
  checkLive,
} from "../../packages/devtools/src/check-live/check-live.js";
import { driftFile, printReport } from "../../packages/devtools/src/check-live/report.js";
import { checkResponse } from "../../packages/devtools/src/drift/check-response.js";
import { ApiDescription, type Node } from "../../packages/devtools/src/drift/description.js";
import { ownDescription } from "../../packages/devtools/src/own-description.js";
import { type Simulator, startSimulator } from "../../packages/devtools/src/simulator.js";
import { applyOverlay } from "../../scripts/generate/overlay.js";
import { atPointer } from "../../scripts/lib/openapi.js";
import { parseSource } from "../../scripts/lib/source.js";
import { proposeActions } from "../../scripts/spec/overlay.js";
import type { Fetch } from "../../src/index.js";
import { failure, success } from "../support/settle.js";
import { virtualRuntime } from "../support/virtual-runtime.js";
import { PLANTS } from "./planted.js";
import { populate } from "./populate.js";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
  await populate(simulator);
});
afterAll(() => simulator.close());

interface Recorded {
  readonly method: string;
  readonly path: string;
}

/** Records every request, forwards it to the simulator, and may change the response. */
function recordingFetch(change: (path: string, response: Response) => Promise<Response> = async (_, r) => r) {
  const requests: Recorded[] = [];
  const send: Fetch = async (url, init) => {
    const { pathname } = new URL(url);
    requests.push({ method: init.method ?? "GET", path: pathname });
    return change(pathname, await fetch(url, init));
  };
  return { send, requests };
}

function run(send: Fetch, options: Partial<CheckLiveOptions> = {}): Promise<CheckedOperation[]> {
  return checkLive({
    baseUrl: simulator.url,
    token: simulator.token,
    fetch: send,
    maxCalls: 100,
    pause: async () => undefined,
    nowMs: simulator.now.getTime(),
    ...options,
  });
}

const sums = (checked: readonly CheckedOperation[]) =>
  checked.flatMap(({ drift }) =>
    drift.map(({ operation, status, kind, place }) => `${operation} ${status} ${kind} ${place}`),
  );

/** The reasons why operations were not called, each once. */
const reasons = (checked: readonly CheckedOperation[]) => [...new Set(checked.flatMap(({ reason }) => reason ?? []))];

const declaredReads = Object.entries((JSON.parse(ownDescription()) as { paths: Record<string, object> }).paths)
  .filter(([, item]) => "get" in item)
  .map(([path]) => new RegExp(`^${path.replace(/\{[^}]+\}/g, "[^/]+")}$`));

describe("a service that matches", () => {
  test("has no drift, and every read and nothing but declared reads is sent", async () => {
    const { send, requests } = recordingFetch();
    const before = simulator.requests.length;
    const checked = await run(send);
    expect(sums(checked)).toEqual([]);
    expect(checked).toHaveLength(declaredReads.length);
    expect(checked.filter(({ statuses }) => statuses.length === 0).map(({ operation }) => operation)).toEqual([]);
    expect(requests.filter(({ method }) => method !== "GET")).toEqual([]);
    expect(requests.filter(({ path }) => !declaredReads.some((read) => read.test(path)))).toEqual([]);
    expect(simulator.requests.slice(before).map(({ method }) => method)).toEqual(requests.map(() => "GET"));
  });
});

/** The simulator's response with the planted change for its path. */
const changed = async (path: string, response: Response): Promise<Response> => {
  const plant = Object.values(PLANTS).find((one) => one.path.test(path));
  if (plant === undefined) return response;
  const body = await response.json();
  const { status = response.status, text = JSON.stringify(body) } = plant.change(body) ?? {};
  return new Response(text, {
    status,
    headers: { "content-type": "application/json" },
  });
};

describe("a service that differs in twenty-two places", () => {
  test("is reported with exactly these differences, and without ids, names or values", async () => {
    const checked = await run(recordingFetch(changed).send);
    expect(sums(checked).sort()).toEqual(
      Object.values(PLANTS)
        .map(({ expected }) => expected)
        .sort(),
    );
    const file = JSON.stringify(driftFile(checked));
    expect(file).not.toMatch(/secret/);
    const { state } = simulator;
    const rows = [...state.pools, ...state.instances, ...state.orders, ...state.images, ...state.workspaces];
    for (const row of rows as readonly { id: string; name?: string }[]) {
      expect(file).not.toContain(row.id);
      if (row.name !== undefined) expect(file).not.toContain(`"${row.name}"`);
    }
    expect(file).not.toContain(simulator.token);
  });
});

describe("politeness", () => {
  const answer = (status: number, headers: Record<string, string> = {}) =>
    Response.json({ error: { type: "x", message: "x" } }, { status, headers });

  test("calls are sent one at a time, with a delay in between", async () => {
    let [open, most, pauses] = [0, 0, 0];
    const counting: Fetch = async (url, init) => {
      open += 1;
      most = Math.max(most, open);
      const response = await fetch(url, init);
      open -= 1;
      return response;
    };
    const pause = async () => {
      pauses += 1;
    };
    const checked = await run(counting, { pause });
    expect(most).toBe(1);
    expect(pauses).toBe(checked.flatMap(({ statuses }) => statuses).length - 1);
  });

  test("there are never more calls than the limit, including retries", async () => {
    for (const maxCalls of [1, 2, 7]) {
      const runtime = virtualRuntime();
      const { send, requests } = recordingFetch(async () => answer(503));
      await success(runtime, run(send, { maxCalls, runtime }));
      expect(requests).toHaveLength(maxCalls);
    }
  });

  test("operations that the limit excludes are named", async () => {
    const checked = await run(recordingFetch().send, { maxCalls: 3 });
    expect(checked.filter(({ statuses }) => statuses.length > 0)).toHaveLength(3);
    expect(reasons(checked)).toEqual(["the limit of 3 calls is reached"]);
  });

  test("Retry-After is obeyed, and the check ends when the service keeps refusing", async () => {
    const runtime = virtualRuntime();
    const times: number[] = [];
    const { send } = recordingFetch(async () => {
      times.push(runtime.monotonicMs());
      return answer(429, { "retry-after": "7" });
    });
    const checked = await success(runtime, run(send, { runtime }));
    expect(times.map((time) => time - (times[0] ?? 0))).toEqual([0, 7_000, 14_000]);
    expect(checked.filter(({ statuses }) => statuses.length > 0)).toHaveLength(1);
    expect(reasons(checked)).toEqual(["the service limits requests (429)"]);
  });

  test("a refused token ends the check", async () => {
    const { send, requests } = recordingFetch();
    const checked = await run(send, { token: "unknown" });
    expect(requests).toHaveLength(1);
    expect(reasons(checked)).toEqual(["the token is not accepted (401)"]);
  });

  test("the check ends after three operations when the service cannot be reached", async () => {
    const runtime = virtualRuntime();
    const unreachable: Fetch = () =>
      Promise.reject(Object.assign(new TypeError("fetch failed"), { code: "ENOTFOUND" }));
    const checked = await success(runtime, run(unreachable, { runtime }));
    expect(checked.filter(({ reason }) => reason === "ConnectionError")).toHaveLength(3);
    expect(reasons(checked)).toEqual(["3 calls in a row had no response", "ConnectionError"]);
  });

  test("a missing token is an error before anything is sent", async () => {
    const { send, requests } = recordingFetch();
    const runtime = virtualRuntime();
    expect(await failure(runtime, run(send, { token: "" }))).toMatchObject({ name: "UsageError" });
    expect(requests).toEqual([]);
  });
});

describe("the overlay that is generated from a report", () => {
  test("finds the place in the inline schema of a response", () => {
    const schema = { type: "object", properties: { id: { type: "string" } } };
    const content = { "application/json": { schema: { oneOf: [schema] } } };
    const document = { paths: { "/things": { get: { responses: { 200: { description: "Things.", content } } } } } };
    const pointer = "#/paths/~1things/get/responses/200/content/application~1json/schema/oneOf/0";
    const place = { operation: "things.list", status: 200, place: "name", expected: "no such member", pointer };
    const { actions } = proposeActions([{ ...place, kind: "unknown-member", received: "string" }], document);
    const overlay = parseSource(JSON.stringify({ overlay: "1.0.0", actions }), "overlay.yaml");
    const applied = applyOverlay(document, overlay);
    expect(applied.notices).toEqual([]);
    expect(atPointer(applied.document, `${pointer}/properties/name`)).toMatchObject({ type: "string" });
  });

  test("makes the description match, except for places whose value is unknown", async () => {
    const received: { operation: string; status: number; url: string; text: string }[] = [];
    const keeping: Fetch = async (url, init) => {
      const response = await recordingFetch(changed).send(url, init);
      received.push({ operation: "x", status: response.status, url, text: await response.clone().text() });
      return response;
    };
    const drift = driftFile(await run(keeping)).drift;
    const document = JSON.parse(ownDescription()) as object;
    const { actions, byHand } = proposeActions(drift, document);
    const overlay = parseSource(JSON.stringify({ overlay: "1.0.0", actions }), "overlay.yaml");
    const applied = applyOverlay(document, overlay);
    expect(applied.notices).toEqual([]);
    const description = new ApiDescription(applied.document as Node);
    const left = received.flatMap((one) => {
      const operation = description.find("GET", one.url);
      return operation === undefined ? [] : checkResponse(description, operation, one);
    });
    expect(left.map(({ kind, place }) => `${kind} ${place}`).sort()).toEqual([
      "unknown-member *",
      "unknown-value data[].principal_type",
      "unknown-value data[].side",
      "unknown-value data[].status",
      "unknown-value error.type",
      "unknown-value error.type",
      "unknown-value object",
      "wrong-type ",
      "wrong-type ",
    ]);
    expect(byHand).toHaveLength(7);
  });
});

test("the table lists the called operations, and which of them match or differ", () => {
  const row = { request: "GET /x", drift: [] };
  const drift = {
    kind: "wrong-type",
    operation: "pools.list",
    status: 200,
    place: "data[].created_at",
    expected: "integer",
    received: "string",
    pointer: "#/x",
  } as const;
  const checked: CheckedOperation[] = [
    { ...row, operation: "pools.list", statuses: [200], drift: [drift] },
    { ...row, operation: "pools.get", statuses: [404, 200] },
    { ...row, operation: "images.get", statuses: [], reason: "no id in GET /preview/v2/images" },
  ];
  expect(printReport(checked)).toBe(
    [
      "operation   called    matches  drift",
      "pools.list  200       no       1",
      "pools.get   404, 200  yes",
      "images.get  no        -        no id in GET /preview/v2/images",
      "",
      "pools.list 200: wrong type at data[].created_at: expected integer, received string",
      "",
      "2 of 3 read operations called, 1 difference found.",
    ].join("\n"),
  );
});
