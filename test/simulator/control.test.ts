import { execFile } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { controlDocument } from "../../packages/devtools/src/simulator/control/document.js";
import { type Simulator, startSimulator } from "../../packages/devtools/src/simulator.js";
import { startInProcessProxy } from "../contract/in-process-mock.js";

/** A simulator behind Prism, which checks requests and responses against the control document. */
async function controlled() {
  const simulator = await startSimulator({ control: true });
  onTestFinished(() => simulator.close());
  const prism = await startInProcessProxy(controlDocument, simulator.url);
  onTestFinished(() => prism.close());
  return { simulator, call: caller(prism.url, simulator.token) };
}

function caller(url: string, token: string) {
  return async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${url}/_simulator${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    expect(response.headers.get("sl-violations"), text).toBeNull();
    expect(response.headers.get("content-type"), text).not.toBe("application/problem+json");
    return [response.status, text === "" ? undefined : JSON.parse(text)] as const;
  };
}

const order = (simulator: Simulator) => {
  const start = Math.floor(simulator.now.getTime() / 60_000) * 60 + 600;
  return {
    pool: "sfc:pool:acme:default:main",
    side: "buy",
    instance_sku: simulator.state.instanceSkus[0]?.id,
    allocation_schedule_delta: [{ start_at: start, end_at: start + 3600, node_count: 1 }],
    limit_price_dollars_per_node_hour: "17.000000",
  };
};

const api = (simulator: Simulator, method: string, path: string, body?: unknown, key?: string) =>
  fetch(`${simulator.url}/preview/v2${path}`, {
    method,
    headers: {
      authorization: `Bearer ${simulator.token}`,
      "content-type": "application/json",
      ...(key && { "idempotency-key": key }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

describe("control over HTTP, as its document describes it", () => {
  it("advances and sets the clock, and never moves it back", async () => {
    const { simulator, call } = await controlled();
    expect(await call("GET", "/clock")).toEqual([200, { now: "2026-07-28T08:00:00.000Z", unixSeconds: 1785225600 }]);
    await api(simulator, "POST", "/orders", order(simulator));
    expect((await call("POST", "/clock/advance", { minutes: 5 }))[1]).toMatchObject({
      now: "2026-07-28T08:05:00.000Z",
    });
    expect(simulator.state.orders[0]?.status).toBe("filled");
    expect((await call("PUT", "/clock", { now: "2026-08-01T00:00:00Z" }))[1].now).toBe("2026-08-01T00:00:00.000Z");
    const [status, { error }] = await call("PUT", "/clock", { now: "2026-07-01T00:00:00Z" });
    expect([status, error.message]).toEqual([422, expect.stringMatching(/^time must not be before 2026-08-01/)]);
  });

  it("adds, lists, removes and clears faults", async () => {
    const { simulator, call } = await controlled();
    const rule = { operation: "account.me", nth: 1, fault: { kind: "answer", status: 503 } };
    expect(await call("POST", "/faults", rule)).toEqual([201, { id: "fault_1", rule, struck: 0 }]);
    expect((await api(simulator, "GET", "/me")).status).toBe(503);
    expect((await call("GET", "/faults"))[1]).toEqual({ data: [{ id: "fault_1", rule, struck: 1 }] });
    expect((await call("DELETE", "/faults/fault_1"))[0]).toBe(204);
    expect((await call("DELETE", "/faults/fault_1"))[0]).toBe(404);
    await call("POST", "/faults", {
      operation: ["orders.*", "get_me"].slice(0, 1),
      lasts: { minutes: 1 },
      fault: { kind: "refuse" },
    });
    expect((await call("DELETE", "/faults"))[0]).toBe(204);
    expect((await call("GET", "/faults"))[1]).toEqual({ data: [] });
    const [status, { error }] = await call("POST", "/faults", { operation: "orders.crate", fault: { kind: "refuse" } });
    expect([status, error.message]).toEqual([422, expect.stringContaining('body.operation must be "orders.create"')]);
  });

  it("reads the request log and the state, and resets", async () => {
    const { simulator, call } = await controlled();
    const body = order(simulator);
    for (const _ of [1, 2]) await api(simulator, "POST", "/orders", body, "key-1");
    await api(simulator, "GET", "/me");
    const [, log] = await call("GET", "/requests?after=1");
    expect(log).toEqual({
      data: [
        expect.objectContaining({
          number: 2,
          operation: "orders.create",
          operationId: "create_order",
          committed: false,
          replayed: true,
          idempotencyKey: "key-1",
        }),
        expect.objectContaining({ number: 3, method: "GET", path: "/preview/v2/me", status: 200, committed: false }),
      ],
      hasMore: false,
    });
    expect((await call("GET", "/requests?limit=1"))[1]).toMatchObject({
      data: [{ number: 1, committed: true }],
      hasMore: true,
    });
    const [, state] = await call("GET", "/state");
    expect([state.orders.length, state.pools.length, state.balances.account]).toEqual([1, 3, "100000.00"]);
    await call("POST", "/faults", { fault: { kind: "refuse" } });
    await call("POST", "/clock/advance", { hours: 1 });
    expect((await call("POST", "/reset"))[0]).toBe(204);
    expect((await call("GET", "/state"))[1].orders).toEqual([]);
    expect((await call("GET", "/clock"))[1].now).toBe("2026-07-28T08:00:00.000Z");
    expect([simulator.requests.length, simulator.faults.list().length]).toEqual([0, 0]);
  });

  it("saves a world, continues it, and starts with a hand-written one", async () => {
    const { simulator, call } = await controlled();
    await api(simulator, "POST", "/orders", order(simulator));
    const [, saved] = await call("GET", "/world");
    await call("POST", "/reset");
    expect((await call("PUT", "/world", saved))[0]).toBe(204);
    expect(simulator.state.orders).toHaveLength(1);
    expect((await call("PUT", "/world", { pools: [{ name: "only" }], instances: [] }))[0]).toBe(204);
    expect(simulator.state.pools.map(({ name }) => name)).toEqual(["only"]);
    const [status, { error }] = await call("PUT", "/world", { pools: [{ nam: "x" }] });
    expect([status, error.message]).toEqual([422, expect.stringContaining("world.pools[0].nam is unknown")]);
    expect((await call("PUT", "/world", { ...saved, content: {} }))[0]).toBe(422);
    expect((await call("PUT", "/world", { pools: [{ name: "x", workspace: "no" }] }))[0]).toBe(422);
    expect(simulator.state.pools.map(({ name }) => name)).toEqual(["only"]);
  });

  it("refuses invalid requests and names the invalid member", async () => {
    const simulator = await startSimulator({ control: true });
    onTestFinished(() => simulator.close());
    const call = caller(simulator.url, simulator.token);
    const message = async (...args: Parameters<typeof call>) => {
      const [status, body] = await call(...args);
      return [status, body.error.message];
    };
    expect(await message("PUT", "/clock", { now: "soon" })).toEqual([
      422,
      expect.stringContaining("body.now must be a time"),
    ]);
    expect(await message("POST", "/clock/advance", { minute: 1 })).toEqual([
      422,
      expect.stringContaining("span.minute is unknown"),
    ]);
    expect(await message("POST", "/clock/advance", {})).toEqual([
      422,
      expect.stringContaining("span must have at least one of days"),
    ]);
    expect(await message("POST", "/clock/advance", { minutes: -1 })).toEqual([
      422,
      expect.stringContaining("span must be 0"),
    ]);
    expect(await message("POST", "/clock/advance", { days: 1e300 })).toEqual([
      422,
      expect.stringContaining("time must not be after +275760-09-13"),
    ]);
    expect(await message("POST", "/clock/advance")).toEqual([422, "body must be JSON"]);
    expect(await message("GET", "/requests?limit=0")).toEqual([422, expect.stringContaining("query.limit must be")]);
    expect(await message("GET", "/requests?since=1")).toEqual([422, expect.stringContaining("query.since is unknown")]);
    expect(await message("POST", "/faults", {})).toEqual([422, expect.stringContaining("body.fault is missing")]);
    expect((await message("GET", "/nothing"))[0]).toBe(404);
  });
});

describe("control", () => {
  it("is off by default", async () => {
    const simulator = await startSimulator();
    onTestFinished(() => simulator.close());
    expect((await caller(simulator.url, simulator.token)("GET", "/clock"))[0]).toBe(404);
    expect((await fetch(`${simulator.url}/_simulator/openapi.json`)).status).toBe(404);
  });

  it("requires the simulator's token, except for its document", async () => {
    const simulator = await startSimulator({ control: true });
    onTestFinished(() => simulator.close());
    expect((await caller(simulator.url, "sk_live_other")("POST", "/reset"))[0]).toBe(401);
    expect((await fetch(`${simulator.url}/_simulator/state`)).status).toBe(401);
    const document = await fetch(`${simulator.url}/_simulator/openapi.json`);
    expect([document.status, await document.json()]).toEqual([200, controlDocument]);
  });

  it.each([
    ["a foreign Host", { host: "attacker.example" }, 403],
    ["a Host that only begins like this machine", { host: "127.0.0.1.attacker.example" }, 403],
    ["a foreign Origin", { origin: "https://attacker.example" }, 403],
    ["the Origin of a sandboxed page", { origin: "null" }, 403],
    ["a page of this machine", { origin: "http://localhost:5173" }, 200],
    ["another name of this machine", { host: "localhost:4010" }, 200],
  ])("handles %s", async (_, headers, expected) => {
    const simulator = await startSimulator({ control: true });
    onTestFinished(() => simulator.close());
    const sent = request(`${simulator.url}/_simulator/clock`, {
      headers: { authorization: `Bearer ${simulator.token}`, ...headers },
    }).end();
    const [response] = await once(sent, "response");
    response.resume();
    expect(response.statusCode).toBe(expected);
  });

  it("has a Python example that passes", async () => {
    const simulator = await startSimulator({ control: true });
    onTestFinished(() => simulator.close());
    const folder = fileURLToPath(new URL("../../examples/python/", import.meta.url));
    const env = {
      ...process.env,
      SF_BASE_URL: simulator.url,
      SF_API_KEY: simulator.token,
      PYTHONDONTWRITEBYTECODE: "1",
    };
    const { stderr } = await promisify(execFile)("python3", ["-m", "unittest", "test_orders"], { cwd: folder, env });
    expect(stderr).toMatch(/Ran 2 tests .*OK/s);
  });
});
