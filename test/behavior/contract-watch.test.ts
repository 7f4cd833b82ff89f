import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Simulator, startSimulator } from "../../packages/devtools/src/simulator.js";
import { SfcClient } from "../../src/index.js";
import { instanceBody } from "./bodies.js";
import { type ProxiedCall, watchingFetch } from "./contract-watch.js";
import { namesIn } from "./names.js";
import { openProxy } from "./world.js";

/* Checks that the suite detects contract violations: each test causes one on purpose. */

const proxiedCalls: ProxiedCall[] = [];
let simulator: Simulator;
let sfc: SfcClient;

beforeAll(async () => {
  simulator = await startSimulator();
  const proxy = await openProxy();
  proxy.forwardTo(simulator.url);
  const { token } = simulator;
  sfc = new SfcClient({ baseUrl: proxy.url, token, maxRetries: 0, fetch: watchingFetch(proxiedCalls) });
});
afterAll(() => simulator?.close());
beforeEach(() => {
  simulator.faults.clear();
  proxiedCalls.length = 0;
});

/** The violation that was recorded for the only request of this call, whether the call succeeds or fails. */
async function noticed(call: PromiseLike<unknown>): Promise<string | undefined> {
  await call.then(
    () => undefined,
    () => undefined,
  );
  expect(proxiedCalls).toHaveLength(1);
  return proxiedCalls[0]?.violation;
}

describe("through Prism, the suite detects", () => {
  test("no violation in a valid call, and none in a declared error", async () => {
    expect(await noticed(sfc.account.me())).toBeUndefined();
    proxiedCalls.length = 0;
    expect(await noticed(sfc.instances.get("inst_nobody"))).toBeUndefined();
  });

  test("a request that violates the contract", async () => {
    const sent = simulator.requests.length;
    expect(await noticed(sfc.instances.list({ limit: 201 }))).toMatch(/returned by Prism: .*limit/);
    expect(simulator.requests).toHaveLength(sent);
  });

  test("a response without a required member", async () => {
    simulator.faults.add({ operation: "getMe", fault: { kind: "answer", status: 200, body: { object: "account" } } });
    expect(await noticed(sfc.account.me())).toMatch(/account_id/);
  });

  test("a response whose member has another type", async () => {
    const body = { object: "list", data: "none", has_more: false };
    simulator.faults.add({ operation: "list_pools", fault: { kind: "answer", status: 200, body } });
    expect(await noticed(sfc.pools.list())).toMatch(/data/);
  });

  test("a response with a status that is not declared", async () => {
    simulator.faults.add({ operation: "getMe", fault: { kind: "answer", status: 418 } });
    expect(await noticed(sfc.account.me())).toMatch(/status code/);
  });

  test("an enum value that is not declared", async () => {
    simulator.faults.add({ operation: "create_instance", fault: { kind: "unknown", what: "enums" } });
    expect(await noticed(sfc.instances.create(instanceBody(namesIn(simulator))))).toMatch(/status/);
  });

  test("a response that is not JSON", async () => {
    simulator.faults.add({ operation: "getMe", fault: { kind: "not-json" } });
    expect(await noticed(sfc.account.me())).toBeDefined();
  });
});

/* What Prism cannot check. The simulator's own tests validate responses with anchored patterns, and with unions as `anyOf`. */
describe("Prism wrongly accepts or refuses", () => {
  test("an id with a prefix: it is accepted, because the description's patterns are not anchored", async () => {
    expect(await noticed(sfc.instances.get("xinst_nobody"))).toBeUndefined();
  });

  test("a valid id that matches both branches of a oneOf: it is refused", async () => {
    expect(await noticed(sfc.instances.list({ id: ["inst_vm_1"] }))).toMatch(/returned by Prism/);
  });

  test("unknown members: they are accepted", async () => {
    simulator.faults.add({ operation: "getMe", fault: { kind: "unknown", what: "members" } });
    expect(await noticed(sfc.account.me())).toBeUndefined();
  });
});
