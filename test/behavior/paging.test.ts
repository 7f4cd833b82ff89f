import { expect, test } from "vitest";
import { type Simulator, startSimulator } from "../../packages/devtools/src/simulator.js";
import { SfcClient } from "../../src/index.js";
import { often } from "../support/long.js";
import { readBothWays } from "./both-ways.js";
import { namesIn } from "./names.js";

/* Calls go directly to the simulator, without Prism, for speed. paging-contract.test.ts sends fewer rows through Prism. */

const many = often(2_000, 10_000);

/** A deployment starts all instances at once, in one step of the clock. */
async function fill(simulator: Simulator, sfc: SfcClient): Promise<void> {
  const { pool, sku, image, workspace } = namesIn(simulator);
  const template = await sfc.instanceTemplates.create({ workspace: workspace("default"), image: image("trainer") });
  const { id } = await sfc.deployments.create({
    kind: "generic",
    pool: pool("main"),
    instance_sku: sku("richmond"),
    instance_template: template.id,
    target_instance_count: many,
  });
  simulator.advance({ minutes: 1 });
  await sfc.deployments.update(id, { enabled: false });
}

test("iterating over thousands of instances in both directions loses and repeats none", async () => {
  await using simulator = await startSimulator();
  const sfc = new SfcClient({ baseUrl: simulator.url, token: simulator.token });
  await fill(simulator, sfc);
  const newestFirst = simulator.state.instances.map(({ id }) => id).reverse();
  expect(new Set(newestFirst).size).toBe(many);

  const { forward, backward, pages } = await readBothWays((place) => sfc.instances.list(place), 200);
  expect(pages).toBe(many / 200);
  expect(forward.map(({ id }) => id)).toEqual(newestFirst);
  expect(backward.map(({ id }) => id)).toEqual(newestFirst);

  const items: string[] = [];
  for await (const { id } of sfc.instances.list({}, { lookAhead: true })) items.push(id);
  expect(items).toEqual(newestFirst);
  // This takes half of the default time limit on an idle machine, and several times as long on a busy one.
}, 120_000);

test("rows that are added and deleted during an iteration cause no other row to be lost or repeated", async () => {
  await using simulator = await startSimulator();
  const sfc = new SfcClient({ baseUrl: simulator.url, token: simulator.token });
  const names = namesIn(simulator);
  const body = { pool: names.pool("main"), instance_sku: names.sku("richmond"), image: names.image("trainer") };
  const create = async () => (await sfc.instances.create(body)).id;
  const oldest: string[] = [];
  for (let made = 0; made < 30; made++) oldest.push(await create());
  const expected = oldest.toReversed();

  const seen: string[] = [];
  for await (const page of sfc.instances.list({ limit: 4 }).pages()) {
    seen.push(...page.data.map(({ id }) => id));
    // A new row is first in the list. The last row of this page, to which the cursor points, is deleted.
    await create();
    const last = page.data.at(-1)?.id ?? "";
    await sfc.instances.terminate(last);
    await sfc.instances.delete(last);
  }
  expect(seen).toEqual(expected);
});
