import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Simulator, startSimulator } from "../../packages/devtools/src/simulator.js";
import { SfcClient } from "../../src/index.js";
import { instanceBody } from "./bodies.js";
import { type ProxiedCall, watchingFetch } from "./contract-watch.js";
import { namesIn } from "./names.js";
import { openProxy } from "./world.js";

/* The suite is worth as much as what it notices. Here things go wrong on purpose. */

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

/** What was noticed about the one request of this call, however it ended. */
async function noticed(call: PromiseLike<unknown>): Promise<string | undefined> {
  await call.then(
    () => undefined,
    () => undefined,
  );
  expect(proxiedCalls).toHaveLength(1);
  return proxiedCalls[0]?.violation;
}

describe("through Prism, the suite notices", () => {
  test("nothing where all is well, and nothing about an error that is declared", async () => {
    expect(await noticed(sfc.account.me())).toBeUndefined();
    proxiedCalls.length = 0;
    expect(await noticed(sfc.instances.get("inst_nobody"))).toBeUndefined();
  });

  test("a request that breaks the contract", async () => {
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

/* Where Prism is no judge; the simulator's own tests hold responses against anchored patterns and unions as "any of". */
describe("Prism does not notice, or refuses without need", () => {
  test("an id with something before it, since the description's patterns are not anchored", async () => {
    expect(await noticed(sfc.instances.get("xinst_nobody"))).toBeUndefined();
  });

  test("a valid id that matches both arms of a oneOf, which it refuses", async () => {
    expect(await noticed(sfc.instances.list({ id: ["inst_vm_1"] }))).toMatch(/returned by Prism/);
  });

  test("members that the description does not have", async () => {
    simulator.faults.add({ operation: "getMe", fault: { kind: "unknown", what: "members" } });
    expect(await noticed(sfc.account.me())).toBeUndefined();
  });
});
