import { afterAll, beforeAll, expect, test } from "vitest";
import type { Operation } from "../../src/operation.js";
import { createCaller } from "../../src/wrappers/call.js";
import { inputFor } from "../support/operations.js";
import { outcomeOf } from "../support/settle.js";
import { transportNamed } from "../support/transports.js";
import { type Bench, network, startBench } from "./bench.js";
import { faultNamed } from "./faults.js";
import { allOperations, representatives } from "./matrix.js";

/** A small pseudorandom generator that returns the same values for the same seed. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const transports = { global: transportNamed("global"), node: transportNamed("node") };
const seeds = [1, 2, 3].flatMap((seed) => (["global", "node"] as const).map((name) => [name, seed] as const));
let bench: Bench;
beforeAll(async () => {
  bench = await startBench(allOperations);
});
afterAll(async () => {
  transports.node.close();
  await bench.close();
});

/** There is no delay between two calls, so a call may use a socket that is just being closed. Whether it does depends on the kernel. */
test.each(seeds)(
  "sockets that close at random cause no second effect and no untyped error: %s fetch, seed %i",
  async (name, seed) => {
    bench.server.reset();
    const random = chance(seed);
    const closes = faultNamed("idle socket closed");
    const net = network({ ...bench, fetch: transports[name].fetch }, () => (random() < 0.4 ? closes : undefined));
    const caller = createCaller(net.options);
    const operations = representatives(allOperations).filter(({ paging }) => paging === undefined);
    const pick = () => operations[Math.floor(random() * operations.length)] as Operation;
    for (let call = 0; call < 150; call++) {
      const operation = pick();
      const before = bench.server.ledger().effects();
      const input = { ...inputFor(operation), ...(operation.body && { body: { name: `call ${call}` } }) };
      const outcome = await outcomeOf(caller.call(operation, input));
      expect(bench.server.ledger().effects() - before).toBeLessThanOrEqual(1);
      if (!("error" in outcome)) continue;
      // A 404 or 409 means that an earlier call has deleted, terminated or revoked the resource.
      const error = outcome.error as { name: string; status?: number; ambiguous: boolean };
      const isRefusal = operation.retry === "absolute" && (error.status === 404 || error.status === 409);
      const isUncertain = operation.retry === "unsafe" && error.name === "ConnectionError" && error.ambiguous;
      expect([operation.name, isRefusal || isUncertain]).toEqual([operation.name, true]);
    }
    expect(net.clock.pendingTimers()).toBe(0);
  },
);

test.each(["global", "node"] as const)(
  "an unsolicited response is never returned to a call: %s fetch",
  async (name) => {
    bench.server.reset();
    const unsolicited = faultNamed("an unsolicited response behind the real one");
    const { options } = network({ ...bench, fetch: transports[name].fetch }, () => unsolicited);
    const caller = createCaller(options);
    const [create] = allOperations.filter(({ retry }) => retry === "keyed") as [Operation];
    const ids: string[] = [];
    for (let call = 0; call < 20; call++) {
      const { id } = await caller.call<{ id: string }>(create, { ...inputFor(create), body: { name: `call ${call}` } });
      ids.push(id);
    }
    expect(ids).toEqual(ids.map((_, i) => `thing_${i + 1}`));
  },
);
