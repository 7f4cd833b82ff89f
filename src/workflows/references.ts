import type { Resources } from "../generated/resources/index.js";
import { type Checks, checkedElsewhere, checkOptions } from "../wrappers/checks.js";
import { ApiError, UsageError } from "../wrappers/errors.js";
import type { CallOptions } from "../wrappers/options.js";

/** The parts of a resource path: `sfc:<type>:…`. */
export interface ResourcePathParts {
  /** `instance`, `pool`, `workspace` … Unknown types are accepted. */
  readonly type: string;
  /** Absent only for users. */
  readonly account?: string | undefined;
  /** Absent for resources that belong to the account and not to a workspace: workspaces, roles, tokens. */
  readonly workspace?: string | undefined;
  readonly name: string;
}

const partChecks: Checks<ResourcePathParts> = {
  type: checkedElsewhere,
  account: checkedElsewhere,
  workspace: checkedElsewhere,
  name: checkedElsewhere,
};

function isSegment(part: unknown): boolean {
  return typeof part === "string" && /^[a-zA-Z0-9._-]+$/.test(part);
}

/** The number of parts that follow each type. Unknown types accept any number of parts. */
const depths: Readonly<Record<string, number>> = {
  instance: 3,
  instance_template: 3,
  image: 3,
  pool: 3,
  procurement: 3,
  deployment: 3,
  spot_deployment: 3,
  firewall: 3,
  workspace: 2,
  role: 2,
  token: 2,
  user: 1,
};

function parse(path: string): ResourcePathParts {
  if (typeof path !== "string") throw malformed(path);
  const [scheme, type = "", ...rest] = path.split(":");
  const name = rest.at(-1);
  if (scheme !== "sfc" || name === undefined || rest.length > 3) throw malformed(path);
  const [account, workspace] = rest.slice(0, -1);
  const parts = {
    type,
    ...(account !== undefined && { account }),
    ...(workspace !== undefined && { workspace }),
    name,
  };
  // `format` checks every part, so `parse` accepts exactly the paths that `format` returns.
  format(parts);
  return parts;
}

function format(parts: ResourcePathParts): string {
  checkOptions(parts ?? {}, partChecks, "parts");
  const { type, account, workspace, name } = parts ?? {};
  const rest = [account, workspace, name].filter((part) => part !== undefined);
  const path = ["sfc", type, ...rest].join(":");
  const depth = Object.hasOwn(depths, type) ? depths[type] : rest.length;
  const hole = account === undefined && workspace !== undefined;
  if (hole || rest.length !== depth || ![type, ...rest].every(isSegment)) throw malformed(path);
  return path;
}

function malformed(path: string): UsageError {
  return new UsageError(
    "resourcePath",
    `${JSON.stringify(path)} is not a resource path such as "sfc:instance:account:workspace:name" or "sfc:workspace:account:name"`,
  );
}

/**
 * Parses and formats resource paths: `sfc:instance:acme:prod:trainer-1`, `sfc:workspace:acme:prod`, `sfc:user:ada`.
 *
 * A path changes when the resource is renamed or moved: store ids, and accept paths only as user input. Both functions throw `UsageError` for a path
 * that is malformed or has the wrong number of parts for its type.
 */
export const resourcePath: { readonly parse: typeof parse; readonly format: typeof format } = { parse, format };

/** Whether a reference is a resource path rather than an id. */
export function isResourcePath(reference: string): boolean {
  return typeof reference === "string" && reference.startsWith("sfc:");
}

const legacyPrefixes: Readonly<Record<string, string>> = {
  vm: "inst",
  vmi: "image",
  clus: "isku",
  ntmpl: "itmpl",
  cxfr: "pxfr",
};

/** Returns an id with the prefix that responses use. The service accepts older prefixes in requests. */
export function canonicalId(id: string): string {
  const [prefix = ""] = id.split("_", 1);
  return Object.hasOwn(legacyPrefixes, prefix) ? `${legacyPrefixes[prefix]}${id.slice(prefix.length)}` : id;
}

/** Whether an id refers to this resource. Paths have been replaced with ids (`resolveIds`); a path that could not be resolved refers to nothing. */
export function refersTo(reference: string, { id }: { readonly id: string }): boolean {
  return canonicalId(reference) === canonicalId(id);
}

/** Whether an id or a path refers to the workspace of a resource. */
export function isInWorkspace(
  reference: string,
  { owner, workspace, workspace_id }: { owner: string; workspace: string; workspace_id: string },
): boolean {
  if (!isResourcePath(reference)) return reference === workspace_id;
  const { account, name } = resourcePath.parse(reference);
  return account === owner && name === workspace;
}

/** Whether a field has the requested value. A missing or invalid field counts as different, because its error would hide the existing resource. */
export function isAsRequested(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}

/** The account and workspace within which a name is unique. */
export interface Scope {
  readonly account: string;
  readonly workspace: string;
}

/** Finds the resource with this name; `undefined` when it does not exist. */
export async function findByPath<Resource>(
  resources: { get(path: string, options: CallOptions): Promise<Resource> },
  type: string,
  scope: Scope,
  name: string,
  options: CallOptions,
): Promise<Resource | undefined> {
  try {
    return await resources.get(resourcePath.format({ type, ...scope, name }), options);
  } catch (error) {
    if (ApiError.is(error) && error.status === 404) return undefined;
    throw error;
  }
}

export async function resolveWorkspaceScope(
  { workspaces }: Pick<Resources, "workspaces">,
  reference: string,
  options: CallOptions,
): Promise<Scope> {
  if (isResourcePath(reference)) {
    const { account = "", name } = resourcePath.parse(reference);
    return { account, workspace: name };
  }
  const { owner, name } = await workspaces.get(reference, options);
  return { account: owner, workspace: name };
}

/** Finds the scope of a pool's workspace, to which the pool's instances and procurements belong. */
export async function resolvePoolScope(
  { pools }: Pick<Resources, "pools">,
  reference: string,
  options: CallOptions,
): Promise<Scope> {
  if (isResourcePath(reference)) {
    const { account = "", workspace = "" } = resourcePath.parse(reference);
    return { account, workspace };
  }
  const { owner, workspace } = await pools.get(reference, {}, options);
  return { account: owner, workspace };
}
