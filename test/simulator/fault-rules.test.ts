import { describe, expect, it } from "vitest";
import { ownMethods } from "../../packages/devtools/src/own-description.js";
import type { Fault, FaultRule } from "../../packages/devtools/src/simulator.js";
import * as operations from "../../src/generated/operations.js";
import { session } from "./session.js";

const unavailable: Fault = { kind: "answer", status: 503 };

/** The statuses of several calls with one rule. */
async function statuses(rule: FaultRule, ...paths: string[]) {
  const { sim } = await session({ listen: false });
  sim.faults.add({ ...rule, fault: unavailable });
  const call = async (path: string) =>
    (await sim.fetch(`${sim.url}/preview/v2${path}`, { headers: { authorization: `Bearer ${sim.token}` } })).status;
  const found: number[] = [];
  for (const path of paths) found.push(await call(path));
  return { found, sim, call };
}

it("rules accept the method names of the client", () => {
  const expected = Object.entries(operations).map(([id, { name }]) => [id, name]);
  expect(ownMethods()).toEqual(Object.fromEntries(expected));
});

describe("a rule names", () => {
  it.each([
    ["orders.list", [503, 200, 200]],
    ["list_orders", [503, 200, 200]],
    ["orders.*", [503, 200, 200]],
    [["pools.list", "account.*"] as const, [200, 503, 503]],
    [undefined, [503, 503, 503]],
  ] as const)("%j", async (operation, expected) => {
    const rule = operation === undefined ? {} : { operation };
    expect((await statuses(rule, "/orders", "/pools", "/me")).found).toEqual(expected);
  });

  it.each(["orders.crate", "order.*", "*", "orders."])("no operation with %j, which is refused", async (operation) => {
    const { sim } = await session({ listen: false });
    expect(() => sim.faults.add({ operation: operation as never, fault: unavailable })).toThrow(
      `rule.operation must be "orders.create", "orders.*", "create_order" or another method, group or operation id`,
    );
  });

  it("only the operations of a group to which the fault can apply", async () => {
    const { sim } = await session({ listen: false });
    sim.faults.add({ operation: "pools.*", fault: { kind: "page", change: "null-cursor" } });
    expect(() => sim.faults.add({ operation: "account.*", fault: { kind: "page", change: "null-cursor" } })).toThrow(
      'a "page" fault never strikes account.*, which is not a list',
    );
  });
});

it("an outage begins and ends at the given simulated times", async () => {
  const rule: FaultRule = { operation: "pools.*", startsAfter: { minutes: 5 }, lasts: { minutes: 10 } };
  const { sim, call, found } = await statuses(rule, "/pools");
  for (const minutes of [4, 1, 9, 1]) {
    sim.advance({ minutes });
    found.push(await call("/pools"));
  }
  expect(found).toEqual([200, 200, 503, 503, 200]);
});

it("an outage of no duration strikes no call", async () => {
  expect((await statuses({ lasts: 0 }, "/me")).found).toEqual([200]);
});

it("a probability with a seed selects the same calls, independently of other rules", async () => {
  const paths = Array.from({ length: 40 }, () => "/me");
  const run = async (rule: FaultRule) => (await statuses(rule, ...paths)).found;
  const [a, again, b] = [
    await run({ probability: 0.5, seed: "a" }),
    await run({ probability: 0.5, seed: "a" }),
    await run({ probability: 0.5, seed: "b" }),
  ];
  expect(a).toEqual(again);
  expect(a).not.toEqual(b);
  expect(a.filter((status) => status === 503).length).toBeGreaterThan(10);
});

it.each([
  [{ startsAfter: { minute: 1 } }, "rule.startsAfter.minute is unknown"],
  [{ lasts: -1 }, "rule.lasts must be 0 or more"],
  [{ lasts: {} }, "rule.lasts must have at least one of days"],
  [{ seed: 7 }, "rule.seed must be a non-empty string"],
] as const)("refuses %j", async (rule, message) => {
  const { sim } = await session({ listen: false });
  expect(() => sim.faults.add({ ...(rule as object), fault: unavailable })).toThrow(message);
});

it("latency executes the call and delays its response", async () => {
  const s = await session();
  s.sim.faults.add({ operation: "pools.create", fault: { kind: "latency", ms: 1 } });
  expect((await s.post("/pools", { workspace: s.workspace("default") })).status).toBe(201);
  expect(s.sim.requests.at(-1)).toMatchObject({ fault: "latency", committed: true });
  expect(() => s.sim.faults.add({ fault: { kind: "latency", ms: -1 } })).toThrow("fault.ms must be");
});

it("simulated time passes at the given speed, which requires the wall clock", async () => {
  await expect(session({ speed: 2 })).rejects.toThrow("options.speed needs realTime: true");
});
