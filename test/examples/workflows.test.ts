import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { buyAndLaunch } from "../../examples/buy-and-launch.js";
import { exportOrders } from "../../examples/export-orders.js";
import { keepSpotRunning } from "../../examples/keep-spot-running.js";
import { redeployFleet, replaceOnce } from "../../examples/redeploy-fleet.js";
import { sellIdleHours } from "../../examples/sell-idle-hours.js";
import { progressBar } from "../../examples/support/progress-bar.js";
import type { Instance } from "../../src/index.js";
import { bytesOf, fileOf, folder } from "../workflows/files.js";
import { clientOf, operationsOf, type Stage, stage } from "../workflows/support.js";

const readme = readFileSync(new URL("../../examples/README.md", import.meta.url), "utf8");

/** The last line of a program's output, as the README states it. */
function promised(program: string): string {
  const row = readme.split("\n").find((line) => line.startsWith(`| \`${program}\``));
  return /\| `([^`]+)` \|$/.exec(row ?? "")?.[1] ?? "";
}

const pool = "sfc:pool:acme:default:main";
const image = "sfc:image:acme:default:trainer";
const workspace = "sfc:workspace:acme:default";

function skuOf({ sim }: Stage): string {
  return sim.state.instanceSkus[0]?.id ?? "";
}

async function fleetOf(scene: Stage, count: number): Promise<void> {
  for (let i = 1; i <= count; i++) {
    await scene.sfc.instances.create({
      name: `trainer-${i}`,
      pool,
      image,
      instance_sku: skuOf(scene),
      tags: { fleet: "trainers" },
    });
  }
  scene.sim.advance({ minutes: 1 });
}

test("buy-and-launch prints the SSH command, and a second run buys and starts nothing", async () => {
  const scene = await stage();
  const launch = {
    job: "job-17",
    pool: "sfc:pool:acme:default:spare",
    image,
    publicKey: "ssh-ed25519 AAAA",
    startAt: scene.sim.now.getTime() / 1_000 + 600,
    hours: 2,
    sku: skuOf(scene),
    maxPrice: "18.00",
    maxSpend: "50",
  };
  const lines: string[] = [];
  const pace = { runtime: scene.runtime };
  await buyAndLaunch(scene.sfc, launch, (line) => lines.push(line), pace);
  await buyAndLaunch(clientOf(scene.sim), launch, () => undefined, pace);
  expect(lines[0]).toBe("ordered 1 node for 2 hours, for at most $36.000000");
  expect(lines.at(-1)?.replace(/-p \d+ root@\S+/, "-p PORT root@HOST")).toBe(promised("buy-and-launch.ts"));
  expect([scene.sim.state.orders.length, scene.sim.state.instances.length]).toEqual([1, 1]);
});

test("sell-idle-hours prints the expected proceeds, and then sells once", async () => {
  const scene = await stage();
  await fleetOf(scene, 1);
  const lines: string[] = [];
  const sale = {
    pool,
    sku: skuOf(scene),
    hours: 6,
    startAt: scene.sim.now.getTime() / 1_000,
    sell: false,
    minProceeds: "1",
  };
  await sellIdleHours(scene.sfc, sale, (line) => lines.push(line), { runtime: scene.runtime });
  expect(lines).toEqual([
    "main holds 4 nodes for 6 hours, 1 in use",
    promised("sell-idle-hours.ts").replace("sold", "would sell"),
  ]);
  expect(scene.sim.state.orders).toEqual([]);
  await sellIdleHours(scene.sfc, { ...sale, sell: true }, (line) => lines.push(line), { runtime: scene.runtime });
  expect(lines.at(-1)).toBe(promised("sell-idle-hours.ts"));
  await sellIdleHours(scene.sfc, { ...sale, sell: true }, (line) => lines.push(line), { runtime: scene.runtime });
  expect(lines.at(-1)).toBe("nothing is idle");
  expect(scene.sim.state.orders).toHaveLength(1);
});

test("keep-spot-running creates one deployment, waits for its instances and ranks them", async () => {
  const scene = await stage();
  const spare = scene.sim.state.pools[1]?.id ?? "";
  const fleet = {
    name: "spot",
    count: 3,
    important: 1,
    maxPrice: "18.00",
    workspace,
    pool: spare,
    sku: skuOf(scene),
    image,
  };
  const lines: string[] = [];
  const pace = { runtime: scene.runtime };
  await keepSpotRunning(scene.sfc, fleet, (line) => lines.push(line), pace);
  expect(lines.at(-1)).toBe(promised("keep-spot-running.ts"));
  await keepSpotRunning(clientOf(scene.sim), fleet, (line) => lines.push(line), pace);
  expect(scene.sim.state.deployments).toHaveLength(1);
  expect(scene.sim.state.instances.map(({ priority_level }) => priority_level).sort()).toEqual([
    "critical",
    "yield",
    "yield",
  ]);
});

test("redeploy-fleet replaces every instance with one of the new image, and a second run replaces none", async () => {
  const scene = await stage();
  await fleetOf(scene, 3);
  const release = {
    id: "4f2a",
    file: await fileOf(bytesOf(1_000)),
    workspace,
    tags: { fleet: "trainers" },
    script: "#cloud-config\n",
  };
  const lines: string[] = [];
  await redeployFleet(scene.sfc, release, (line) => lines.push(line), { runtime: scene.runtime });
  expect(lines.at(-1)).toBe(promised("redeploy-fleet.ts"));
  await redeployFleet(clientOf(scene.sim), release, (line) => lines.push(line), { runtime: scene.runtime });
  expect(lines.at(-1)).toBe("0 of 3 instances replaced");
  const running = scene.sim.state.instances.filter(({ status }) => status === "running");
  expect(running.map(({ name, image: booted }) => [name, booted.name]).sort()).toEqual(
    [1, 2, 3].map((i) => [`trainer-${i}-4f2a`, "release-4f2a"]),
  );
  expect(operationsOf(scene.sim).filter((id) => id === "replace_instance")).toHaveLength(3);
});

describe("one replacement of redeploy-fleet", () => {
  const release = { id: "4f2a", script: "#cloud-config\n" };
  const imageId = ({ sim }: Stage) => sim.state.images.find(({ is_public }) => !is_public)?.id ?? "";

  async function replaced(): Promise<{ scene: Stage; old: Instance; fresh: Instance }> {
    const scene = await stage();
    await fleetOf(scene, 1);
    const [old] = scene.sim.state.instances as [Instance];
    return { scene, old, fresh: await replaceOnce(scene.sfc, old, imageId(scene), release) };
  }

  test("is found by its name after the service has forgotten the key", async () => {
    const { scene, old, fresh } = await replaced();
    scene.sim.advance({ days: 2 });
    const again = await replaceOnce(clientOf(scene.sim), old, imageId(scene), release);
    expect(again.id).toBe(fresh.id);
    expect(scene.sim.state.instances).toHaveLength(2);
  });

  test("with another image and the same name is reported and not accepted", async () => {
    const { scene, old, fresh } = await replaced();
    scene.sim.advance({ days: 2 });
    const other = scene.sim.state.images.find(({ is_public }) => is_public)?.id ?? "";
    await expect(replaceOnce(clientOf(scene.sim), old, other, release)).rejects.toThrow(
      `${fresh.id} ("trainer-1-4f2a") boots ${imageId(scene)}, not ${other}`,
    );
  });

  test("of an instance that never existed fails with the service's error", async () => {
    const { scene, old } = await replaced();
    const gone = {
      ...old,
      id: "inst_gone",
      resource_path: old.resource_path.replace("trainer-1", "gone"),
      name: "gone",
    };
    await expect(replaceOnce(scene.sfc, gone, imageId(scene), release)).rejects.toMatchObject({ status: 404 });
  });
});

test("export-orders writes every order once, also after a crash, and later only new orders", async () => {
  const scene = await stage();
  const order = async (hour: number) => {
    const start_at = scene.sim.now.getTime() / 1_000 + hour * 3_600;
    const allocation_schedule_delta = [{ start_at, end_at: start_at + 3_600, node_count: 1 }];
    const limit_price_dollars_per_node_hour = "20.000000";
    await scene.sfc.orders.create({
      pool,
      side: "buy",
      instance_sku: skuOf(scene),
      allocation_schedule_delta,
      limit_price_dollars_per_node_hour,
    });
    scene.sim.advance({ minutes: 1 });
  };
  for (let hour = 1; hour <= 5; hour++) await order(hour);
  const path = join(await folder(), "orders.csv");
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  await exportOrders(scene.sfc, path, say, 2);
  expect(lines).toEqual([promised("export-orders.ts")]);

  const whole = await readFile(path, "utf8");
  expect(
    whole
      .trim()
      .split("\n")
      .slice(1)
      .map((row) => row.split(",")[0]),
  ).toEqual(scene.sim.state.orders.map(({ id }) => id));
  // A crash in the middle of a page leaves half a row.
  await writeFile(path, `${whole}ordr_half`);
  await order(6);
  await exportOrders(clientOf(scene.sim), path, say, 2);
  const rows = (await readFile(path, "utf8")).trim().split("\n").slice(1);
  expect(rows.map((row) => row.split(",")[0])).toEqual(scene.sim.state.orders.map(({ id }) => id));
});

test("the progress bar is drawn only in a terminal", () => {
  const drawn: string[] = [];
  const write = (text: string) => drawn.push(text);
  progressBar({ write })({ doneBytes: 1, totalBytes: 2 });
  expect(drawn).toEqual([]);
  progressBar({ isTTY: true, write })({ doneBytes: 1024 ** 2, totalBytes: 2 * 1024 ** 2 });
  expect(drawn.join("")).toBe(`\r[${"#".repeat(20)}${".".repeat(20)}] 1 MiB`);
});
