import type { Resources } from "../../generated/resources/index.js";
import type { Workspace } from "../../generated/types.js";
import { ApiError } from "../../wrappers/errors.js";
import type { CallOptions } from "../../wrappers/options.js";
import { isResourcePath, resourcePath } from "../resource-path.js";
import { tagFilter } from "../tags.js";
import { isOver } from "../wait/instance.js";
import { intentTag } from "./intent.js";
import type { CreateClient } from "./kinds.js";

/** Where names are unique: one workspace of one account. */
export interface Scope {
  readonly account: string;
  readonly workspace: string;
}

/** What a name stands for, if it stands for anything. */
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

/** Resources that carry the intent's tag, whatever their names are by now: those that live, or else one that ended. */
export async function findByTag<Resource extends object>(
  resources: { list(query: { tag: string[] }, options: CallOptions): AsyncIterable<Resource> },
  name: string,
  options: CallOptions,
): Promise<Resource[]> {
  const ended: Resource[] = [];
  const alive: Resource[] = [];
  for await (const resource of resources.list({ tag: tagFilter({ [intentTag]: name }) }, options)) {
    // Several filters can mean "any", and a service that ignores them would hand out someone else's resource.
    if (intentOf(resource) !== name) continue;
    // A replacement inherits the tags of the instance that it ended: the one that lives counts.
    ("status" in resource && isOver(String(resource.status)) ? ended : alive).push(resource);
  }
  return alive.length > 0 ? alive : ended.slice(0, 1);
}

/** The intent's name in a resource's tags. */
export function intentOf(resource: object): string | undefined {
  return (resource as { tags?: Record<string, string> | null }).tags?.[intentTag];
}

/** The body with ids in place of paths: in another workspace, something else has the same name. */
export async function withIds<Body extends object>(
  { pools, images }: CreateClient,
  body: Body,
  options: CallOptions,
): Promise<Body> {
  const ids = { ...body } as Body & { pool?: string; image?: string };
  if (ids.pool !== undefined) ids.pool = await idOf(ids.pool, (path) => pools.get(path, {}, options));
  if (ids.image !== undefined) ids.image = await idOf(ids.image, (path) => images.get(path, options));
  return ids;
}

async function idOf(reference: string, get: (path: string) => Promise<{ readonly id: string }>): Promise<string> {
  if (!isResourcePath(reference)) return reference;
  try {
    return (await get(reference)).id;
  } catch (error) {
    if (ApiError.is(error) && error.status === 404) return reference;
    throw error;
  }
}

export async function findWorkspace(
  { workspaces }: Pick<Resources, "workspaces">,
  name: string,
  options: CallOptions,
): Promise<Workspace | undefined> {
  for await (const workspace of workspaces.list({}, options)) if (workspace.name === name) return workspace;
  return undefined;
}

export async function scopeOfWorkspace(
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

/** Instances and procurements live in the workspace of their pool. */
export async function scopeOfPool(
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
