import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultWorld, startMockServer, startSimulator } from "../../packages/devtools/src/index.js";
import { session } from "./session.js";

/** The type of a caller without TypeScript. */
type Loose = Record<string, unknown>;

async function startError(options: unknown): Promise<Error> {
  const started = startSimulator(options as Loose);
  // If a simulator starts nevertheless, it must not outlive the test.
  started.then((simulator) => simulator.close()).catch(() => undefined);
  const error = await started.then(
    () => new Error("it started"),
    (reason: Error) => reason,
  );
  expect(error).toBeInstanceOf(TypeError);
  return error;
}

describe("startSimulator refuses by name", () => {
  it.each([
    [{ prot: 4010 }, "options.prot is unknown; use one of port, seed, "],
    [{ port: "4010" }, 'options.port must be a port number from 0 to 65535, not "4010"'],
    [{ port: 70_000 }, "options.port must be"],
    [{ startAt: "2026-07-28" }, "options.startAt must be a valid Date"],
    [{ startAt: new Date("soon") }, "options.startAt must be a valid Date"],
    [{ keepRequests: -1 }, "options.keepRequests must be"],
    [{ tokens: [{ value: "sk_live_a" }] }, "options.tokens[0].user is missing"],
    [{ assumptions: { keyMismach: 409 } }, "options.assumptions.keyMismach is unknown; use one of keyScope, "],
    [
      { assumptions: { keyMismatch: 410 } },
      'options.assumptions.keyMismatch must be "replay", 400, 409 or 422, not 410',
    ],
    [{ assumptions: { orderSeconds: "1" } }, "options.assumptions.orderSeconds must be"],
    [{ world: { pool: [] } }, "options.world.pool is unknown; use one of account, "],
    [
      { world: { pools: [{ name: "p", allocation: [] }] } },
      "options.world.pools[0].allocation is unknown; use one of name, ",
    ],
    [
      { world: { pools: [{ name: "p", allocations: [{ sku: "richmond" }] }] } },
      "options.world.pools[0].allocations[0].nodes is missing",
    ],
    [{ world: { balance: 100 } }, "options.world.balance must be"],
    [{ faults: [{ operation: "nope", fault: { kind: "refuse" } }] }, "options.faults[0].operation"],
    [{ description: {} }, "options.description.paths is missing"],
    ["fast", "options must be an object"],
  ] as const)("%j", async (options, message) => {
    expect((await startError(options)).message).toContain(message);
  });

  it("any invalid value of a caller without types, or starts", async () => {
    const names = ["seed", "startAt", "realTime", "keepRequests", "world", "tokens", "assumptions", "faults"];
    const world = Object.keys(defaultWorld).map((member) => `world.${member}`);
    const value = fc.oneof(fc.anything({ maxDepth: 2 }), fc.constantFrom(null, "", -1, Number.NaN, [null], [{}]));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names, ...world), value, async (name, wrong) => {
        const [option = "", member] = name.split(".");
        const options = { [option]: member === undefined ? wrong : { [member]: wrong } };
        const outcome = await startSimulator(options as Loose).then(
          (it) => it.close(),
          (error: Error) => error,
        );
        if (outcome === undefined) return;
        expect(outcome.message).toMatch(new RegExp(`^(options\\.${option}|the world names)`));
      }),
      { numRuns: 200, seed: 3 },
    );
  });

  it("no known option, and treats null and undefined as absent", async () => {
    const s = await session({
      port: 0,
      seed: null,
      startAt: undefined,
      assumptions: { keyMismatch: undefined, keyScope: null },
      world: { account: undefined, entityType: null },
      tokens: null,
    } as Loose);
    expect((await s.get("/me")).body).toMatchObject({ account_id: "acme", entity_type: null });
  });
});

describe("a fault is refused by name", () => {
  it.each([
    [{ operation: "nope", fault: { kind: "refuse" } }, 'rule.operation must be "'],
    [{ fault: { kind: "boom" } }, 'fault.kind must be "refuse", "reset", '],
    [{ fault: {} }, "fault.kind is missing"],
    [{ kind: "refuse" }, "rule.kind is unknown"],
    [{}, "rule.fault is missing"],
    [{ operations: "list_pools", fault: { kind: "refuse" } }, "rule.operations is unknown"],
    [{ fault: { kind: "reset" } }, "fault.when is missing"],
    [{ fault: { kind: "reset", when: "later" } }, 'fault.when must be "before" or "after", not "later"'],
    [{ fault: { kind: "stall", at: "headers", comit: false } }, "fault.comit is unknown"],
    [{ fault: { kind: "answer", status: 999 } }, "fault.status must be"],
    [{ fault: { kind: "answer", status: 500, headers: { "bad name": "x" } } }, "fault.headers must be"],
    [{ nth: 0, fault: { kind: "refuse" } }, "rule.nth must be"],
    [{ nth: [1, 1.5], fault: { kind: "refuse" } }, "rule.nth must be"],
    [{ probability: 2, fault: { kind: "refuse" } }, "rule.probability must be"],
    [{ times: -1, fault: { kind: "refuse" } }, "rule.times must be"],
    [{ operation: "getMe", fault: { kind: "page", change: "empty-page" } }, 'a "page" fault never strikes getMe'],
    [{ operation: "create_order", fault: { kind: "lag" } }, 'a "lag" fault never strikes create_order'],
    [{ operation: "upload_part", fault: { kind: "half-json" } }, 'a "half-json" fault never strikes upload_part'],
    [
      { operation: "download_bytes", fault: { kind: "late-commit" } },
      'a "late-commit" fault never strikes download_bytes',
    ],
  ])("%j", async (rule, message) => {
    const { sim } = await session();
    const add = () => sim.faults.add(rule as never);
    expect(add).toThrow(TypeError);
    expect(add).toThrow(message);
  });

  it("without an operation it applies only to operations that it can affect", async () => {
    const s = await session();
    const page = s.sim.faults.add({ fault: { kind: "page", change: "null-cursor" } });
    await s.get("/me");
    expect(page.struck).toBe(0);
    await s.get("/pools");
    expect(page.struck).toBe(1);
  });
});

describe("the simulator's methods refuse by name", () => {
  it.each([
    [{ minute: 5 }, "span.minute is unknown; use one of days, hours, minutes, seconds, ms"],
    [{ minutes: "5" }, "span.minutes must be"],
    [{}, "span must have at least one of days, hours, minutes, seconds, ms"],
    [{ minutes: undefined, ms: null }, "span must have at least one of days"],
    [new Date(Date.UTC(2027, 0)), "span must have at least one of days"],
    [new Map([["days", 1]]), "span must have at least one of days"],
    [-1, "span must be"],
    [Number.NaN, "span must be"],
    [null, "span must be"],
    [
      1e20,
      "time must not be after +275760-09-13T00:00:00.000Z, the last that a Date can hold; it would be 100000001785225600000 ms",
    ],
    [{ days: 1e300 }, "time must not be after"],
    [Number.MAX_VALUE, "it would be 1.7976931348623157e+308 ms after 1970"],
  ])("advance(%j)", async (span, message) => {
    const { sim } = await session();
    const before = sim.now;
    expect(() => sim.advance(span as number)).toThrow(message);
    expect(sim.now).toEqual(before);
  });

  it.each([
    ["2027-01-01T00:00:00Z", 'time must be a valid Date, not "2027-01-01T00:00:00Z"'],
    [new Date("soon"), "time must be a valid Date, not an invalid Date"],
    [undefined, "time is missing: it must be a valid Date"],
  ])("advanceTo(%j)", async (time, message) => {
    const { sim } = await session();
    expect(() => sim.advanceTo(time as Date)).toThrow(message);
  });

  it("a time after the last that a Date can hold, however it is reached", async () => {
    const { sim } = await session();
    sim.advanceTo(new Date(8.64e15));
    expect(() => sim.advance(1)).toThrow("time must not be after");
    expect(sim.now).toEqual(new Date(8.64e15));
  });

  it("placeMarketOrder", async () => {
    const { sim } = await session();
    const order = { side: "sell", sku: "richmond", nodes: 1, price: "1.00", fromHours: 0, untilHours: 1 } as const;
    const wrong = (change: Loose) => () => sim.placeMarketOrder({ ...order, ...change } as never);
    expect(wrong({ node: 2 })).toThrow("order.node is unknown");
    expect(wrong({ side: "bid" })).toThrow("order.side must be");
    expect(wrong({ price: 1 })).toThrow("order.price must be");
    expect(wrong({ sku: "nowhere" })).toThrow('order.sku names "nowhere", which the world does not have');
  });

  it("failInstance, writeLog", async () => {
    const { sim } = await session();
    expect(() => sim.failInstance("inst_nope")).toThrow("inst_nope");
    expect(() => sim.writeLog("inst_nope", "text")).toThrow("inst_nope");
  });
});

describe("startMockServer refuses by name", () => {
  it.each([
    [{ prot: 4010 }, "options.prot is unknown; use one of port, description, startTimeoutMs"],
    [{ port: "many" }, "options.port must be"],
    [{ startTimeoutMs: 0 }, "options.startTimeoutMs must be"],
    [
      { description: "/no/such/file.json" },
      "options.description names /no/such/file.json, which cannot be read (ENOENT)",
    ],
  ])("%j", async (options, message) => {
    const started = startMockServer(options as Loose);
    started.then((server) => server.close()).catch(() => undefined);
    await expect(started).rejects.toThrow(message);
  });
});
