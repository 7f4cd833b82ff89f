import { nameTaken, unknownReference, unusable } from "../http/errors.js";
import type { Simulation } from "../simulation.js";
import { canonicalId } from "../world/ids.js";
import type { PoolRow, SkuRow, WorkspaceRow } from "./rows.js";
import type { NamedRow, NamedTable } from "./table.js";

/** The types in the resource paths of resources that belong to a workspace. */
export type PathType =
  | "instance"
  | "instance_template"
  | "image"
  | "pool"
  | "procurement"
  | "deployment"
  | "spot_deployment"
  | "firewall";

/** Finds a row by its id (also with a former prefix) or by its resource path, `sfc:<type>:<account>:<workspace>:<name>`. */
export function find<R extends NamedRow>(
  sim: Simulation,
  table: NamedTable<R>,
  type: PathType,
  reference: string,
): R | undefined {
  if (!reference.startsWith("sfc:")) return table.get(canonicalId(reference));
  const [, word, owner = "", workspaceName = "", name = ""] = reference.split(":");
  const workspace = sim.store.workspaces.named(owner, workspaceName);
  return word === type && workspace !== undefined ? table.named(workspace.id, name) : undefined;
}

export function findWorkspace(sim: Simulation, reference: string): WorkspaceRow | undefined {
  if (!reference.startsWith("sfc:")) return sim.store.workspaces.get(reference);
  const [, word, owner = "", name = ""] = reference.split(":");
  return word === "workspace" ? sim.store.workspaces.named(owner, name) : undefined;
}

export function needWorkspace(sim: Simulation, reference: string, field = "workspace"): WorkspaceRow {
  const row = findWorkspace(sim, reference);
  if (row === undefined) throw unknownReference(field, "workspace");
  return row;
}

/** Finds a workspace of the account. The public workspace is refused, because nothing can be created in it. */
export function needOwnWorkspace(sim: Simulation, reference: string): WorkspaceRow {
  const row = needWorkspace(sim, reference);
  if (row.owner !== sim.account) throw unusable("workspace", "belongs to another account");
  return row;
}

export function needPool(sim: Simulation, reference: string, field = "pool"): PoolRow {
  const row = find(sim, sim.store.pools, "pool", reference);
  if (row === undefined) throw unknownReference(field, "pool");
  return row;
}

export function needSku(sim: Simulation, reference: string, field = "instance_sku"): SkuRow {
  const row = sim.store.skus.get(canonicalId(reference));
  if (row === undefined) throw unusable(field, "instance SKU not found");
  return row;
}

/** Refuses a name that another row in the scope has. */
function needFreeName<R extends NamedRow>(
  sim: Simulation,
  table: NamedTable<R>,
  scope: string,
  name: string,
  refusal: (name: string) => Error = nameTaken,
): void {
  if (sim.assumptions.nameClash === "refuse" && table.named(scope, name) !== undefined) throw refusal(name);
}

/** Returns the requested name, after checking it, or a generated name. */
export function chooseName<R extends NamedRow>(
  sim: Simulation,
  table: NamedTable<R>,
  scope: string,
  name: string | null | undefined,
  refusal?: (name: string) => Error,
): string {
  if (name !== undefined && name !== null) {
    needFreeName(sim, table, scope, name, refusal);
    return name;
  }
  let made = sim.names.make();
  while (table.named(scope, made) !== undefined) made = sim.names.make();
  return made;
}

/** Renames a row, unless it already has that name. */
export function renameTo<R extends NamedRow>(
  sim: Simulation,
  table: NamedTable<R>,
  row: R,
  name: string | null | undefined,
): void {
  if (name === undefined || name === null || name === row.name) return;
  needFreeName(sim, table, row.scope, name);
  table.rename(row, name);
}
