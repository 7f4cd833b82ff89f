import { describe, expect, it } from "vitest";
import { defaultWorld, type SimulatorOptions } from "../../packages/devtools/src/index.js";
import { defaultAssumptions } from "../../packages/devtools/src/simulator/assumptions.js";
import { session } from "./session.js";

function undefinedMembers(names: readonly string[]): Record<string, undefined> {
  return Object.fromEntries(names.map((name) => [name, undefined]));
}

const allUndefined: { readonly [Option in keyof Required<SimulatorOptions>]: undefined } = {
  port: undefined,
  seed: undefined,
  startAt: undefined,
  realTime: undefined,
  speed: undefined,
  listen: undefined,
  control: undefined,
  keepRequests: undefined,
  world: undefined,
  savedWorld: undefined,
  tokens: undefined,
  enforcePermissions: undefined,
  assumptions: undefined,
  faults: undefined,
  description: undefined,
};

describe("an explicit undefined has the same result as an absent member", () => {
  it("in options, assumptions and a world for reset", async () => {
    const [plain, given] = [await session(), await session(allUndefined)];
    expect(await given.sim.save()).toEqual(await plain.sim.save());
    const assumptions = undefinedMembers(Object.keys(defaultAssumptions));
    const second = await session({ assumptions, world: undefinedMembers(Object.keys(defaultWorld)) });
    expect(await second.sim.save()).toEqual(await plain.sim.save());
    await second.sim.reset({ balance: undefined, pools: undefined });
    expect(await second.sim.save()).toEqual(await plain.sim.save());
  });

  it("in the parts of a world", async () => {
    const [sku, pool] = ["richmond", "main"];
    const hours = { fromHours: 0, untilHours: 2 };
    const offer = { side: "sell", sku, nodes: 1, price: "10.00", ...hours } as const;
    const plain = await session({
      world: {
        users: [{ id: "ada" }],
        firewalls: [{ name: "ssh" }],
        images: [{ name: "trainer" }],
        pools: [{ name: pool, allocations: [{ sku, nodes: 2 }] }, { name: "spare" }],
        instances: [{ pool, sku }],
        book: [offer],
      },
    });
    const absent = undefinedMembers(["image", "name", "priority", "tags", "script", "count"]);
    const open = { fromHours: undefined, untilHours: undefined };
    const given = await session({
      world: {
        users: [{ id: "ada", email: undefined, firstName: undefined, lastName: undefined }],
        firewalls: [{ name: "ssh", workspace: undefined }],
        images: [{ name: "trainer", workspace: undefined }],
        pools: [
          { name: pool, workspace: undefined, kind: undefined, allocations: [{ sku, nodes: 2, ...open }] },
          { name: "spare", tags: undefined, allocations: undefined },
        ],
        instances: [{ ...absent, pool, sku }],
        book: [{ ...offer, allowPartial: undefined }],
      },
    });
    expect(await given.sim.save()).toEqual(await plain.sim.save());
  });

  it("in a fault rule", async () => {
    const { sim, get } = await session();
    const names = ["operation", "nth", "probability", "seed", "times", "startsAfter", "lasts"];
    const fault = { kind: "answer", status: 401, headers: undefined, body: undefined, commit: undefined } as const;
    sim.faults.add({ ...undefinedMembers(names), fault });
    expect(await get("/me")).toMatchObject({ status: 401, body: { error: { type: "authentication_error" } } });
  });
});
