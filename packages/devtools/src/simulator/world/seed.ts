import { createHash } from "node:crypto";
import type { Types } from "../http/api-types.js";
import { onGrid, parseDollars } from "../market/money.js";
import { nothing, rectangle, type Schedule, sum } from "../market/schedule.js";
import type { Simulation } from "../simulation.js";
import { chooseName } from "../storage/lookup.js";
import type { PoolRow, SkuRow, WorkspaceRow } from "../storage/rows.js";
import { launch } from "../time/launch.js";
import type { World, WorldBookOrder, WorldImage, WorldInstance, WorldPool } from "./world.js";

/** Fills an empty store with a world. */
export function seed(sim: Simulation, world: World): void {
  seedWorkspaces(sim, world);
  for (const user of world.users) {
    sim.store.users.insert({
      id: user.id,
      seq: sim.store.nextSeq(),
      email: user.email ?? null,
      firstName: user.firstName ?? null,
      lastName: user.lastName ?? null,
      createdAt: sim.accountCreatedAt,
    });
  }
  for (const { alias, properties } of world.skus) {
    sim.store.skus.insert({ id: sim.ids.make("sku"), seq: sim.store.nextSeq(), alias, properties });
  }
  for (const firewall of world.firewalls) {
    const scope = workspaceNamed(sim, world, firewall.workspace).id;
    sim.store.firewalls.insert({ id: sim.ids.make("firewall"), seq: sim.store.nextSeq(), scope, name: firewall.name });
  }
  for (const image of world.images) seedImage(sim, world, image);
  for (const pool of world.pools) seedPool(sim, world, pool);
  for (const instance of world.instances) seedInstances(sim, instance);
  for (const order of world.book) seedBookOrder(sim, order);
  for (const trade of world.trades) {
    sim.store.trades.insert({
      id: sim.ids.make("contract"),
      seq: sim.store.nextSeq(),
      skuId: skuNamed(sim, trade.sku).id,
      price: onGrid(parseDollars(trade.price)),
      schedule: hours(sim, trade.fromHours, trade.untilHours, trade.nodes),
      filledAt: sim.clock.seconds - trade.hoursAgo * 3600,
    });
  }
  for (const flag of world.flags) {
    sim.store.flags.insert({
      id: flag.name,
      seq: sim.store.nextSeq(),
      description: flag.description,
      userEnroll: flag.userEnroll,
      enrolled: new Set(),
    });
  }
  seedRoles(sim, world);
}

const publicOwner = "sfcompute";

function seedWorkspaces(sim: Simulation, world: World): void {
  const names = [[publicOwner, "public"], ...world.workspaces.map((name) => [world.account, name])] as const;
  for (const [owner = "", name = ""] of names) {
    sim.store.workspaces.insert({
      id: sim.ids.make("workspace"),
      seq: sim.store.nextSeq(),
      scope: owner,
      owner,
      name,
      isPublic: owner === publicOwner,
      createdAt: sim.accountCreatedAt,
    });
  }
}

function workspaceNamed(sim: Simulation, world: World, name = world.workspaces[0] ?? ""): WorkspaceRow {
  const row = sim.store.workspaces.named(name === "public" ? publicOwner : world.account, name);
  if (row === undefined) throw new Error(`the world names the workspace "${name}", which it does not contain`);
  return row;
}

function skuNamed(sim: Simulation, alias: string): SkuRow {
  const row = sim.store.skus.all().find((sku) => sku.alias === alias);
  if (row === undefined) throw new Error(`the world names the SKU "${alias}", which it does not contain`);
  return row;
}

/** Converts hours from the start of the clock to a schedule, on whole minutes. */
function hours(sim: Simulation, from: number, until: number | null, nodes: number): Schedule {
  const start = sim.clock.minute;
  return rectangle(start + from * 3600, until === null ? null : start + until * 3600, nodes);
}

function seedImage(sim: Simulation, world: World, { name, workspace }: WorldImage): void {
  const row = workspaceNamed(sim, world, workspace);
  const bytes = new TextEncoder().encode(`image ${name}\n`);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const image = sim.store.images.insert({
    id: sim.ids.make("image"),
    seq: sim.store.nextSeq(),
    scope: row.id,
    name,
    isPublic: row.isPublic,
    isDefault: row.isPublic,
    provider: row.isPublic ? publicOwner : null,
    status: "completed",
    sha256,
    actualSha256: sha256,
    createdAt: sim.accountCreatedAt,
  });
  sim.uploads.preset(image.id, bytes);
}

function seedPool(
  sim: Simulation,
  world: World,
  { name, workspace, kind = "market", tags, allocations = [] }: WorldPool,
): void {
  const pool: PoolRow = {
    id: sim.ids.make("pool"),
    seq: sim.store.nextSeq(),
    scope: workspaceNamed(sim, world, workspace).id,
    name,
    kind,
    tags: tags ?? null,
    createdAt: sim.accountCreatedAt,
    allocations: new Map(),
  };
  for (const { sku, nodes, fromHours = 0, untilHours = 720 } of allocations) {
    const { id } = skuNamed(sim, sku);
    pool.allocations.set(id, sum([pool.allocations.get(id) ?? nothing, hours(sim, fromHours, untilHours, nodes)]));
  }
  sim.store.pools.insert(pool);
}

function seedInstances(sim: Simulation, spec: WorldInstance): void {
  const { count = 1 } = spec;
  const pool = sim.store.pools.all().find(({ name }) => name === spec.pool);
  if (pool === undefined) throw new Error(`the world names the pool "${spec.pool}", which it does not contain`);
  const images = sim.store.images.all();
  const image = spec.image === undefined ? images[0] : images.find(({ name }) => name === spec.image);
  if (image === undefined) throw new Error(`the world names the image "${spec.image}", which it does not contain`);
  for (let made = 0; made < count; made++) {
    launch(sim, {
      name: chooseName(sim, sim.store.instances, pool.scope, count === 1 ? spec.name : undefined),
      pool,
      skuId: skuNamed(sim, spec.sku).id,
      imageId: image.id,
      cloudInit: spec.script === undefined ? null : Buffer.from(spec.script).toString("base64"),
      tags: spec.tags ?? null,
      priority: spec.priority ?? "normal",
      publicIpv4: false,
      firewallId: null,
      managedBy: null,
    });
  }
}

/** Adds an order of another account, which is either resting in the book or not matched yet. */
export function seedBookOrder(
  sim: Simulation,
  order: WorldBookOrder,
  status: "standing" | "pending" = "standing",
): void {
  sim.store.orders.insert({
    id: sim.ids.make("order"),
    seq: sim.store.nextSeq(),
    poolId: null,
    side: order.side,
    skuId: skuNamed(sim, order.sku).id,
    schedule: hours(sim, order.fromHours, order.untilHours, order.nodes),
    filled: nothing,
    limit: onGrid(parseDollars(order.price)),
    allowStanding: true,
    allowPartial: order.allowPartial ?? true,
    status,
    fills: [],
    createdAt: sim.clock.seconds,
    dueMs: sim.clock.ms + sim.assumptions.orderSeconds * 1000,
    cancelDueMs: null,
    cancelledAt: null,
    filledAt: null,
    createdBy: null,
    placedBy: null,
  });
}

/** Adds two built-in roles, and makes the first user the administrator of the organization. */
function seedRoles(sim: Simulation, world: World): void {
  const admin = seedRole(sim, world, "admin", "May do everything.", { "*": ["*"] });
  seedRole(sim, world, "viewer", "May look at everything.", { "*": ["read", "list"] });
  const [first] = world.users;
  if (first === undefined) return;
  sim.store.grants.insert({
    id: sim.ids.make("grant"),
    seq: sim.store.nextSeq(),
    principalId: first.id,
    principalType: "user",
    workspaceId: null,
    roleId: admin,
    createdAt: sim.accountCreatedAt,
  });
}

function seedRole(
  sim: Simulation,
  world: World,
  name: string,
  description: string,
  actions: Types.PolicyActions,
): string {
  const row = sim.store.roles.insert({
    id: sim.ids.make("role"),
    seq: sim.store.nextSeq(),
    scope: world.account,
    name,
    builtIn: true,
    policy: { api_version: "roles/v1", description, rules: [{ effect: "allow", actions }] },
    createdAt: sim.accountCreatedAt,
    updatedAt: sim.accountCreatedAt,
  });
  return row.id;
}
