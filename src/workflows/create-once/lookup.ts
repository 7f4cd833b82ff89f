import type { Resources } from "../../generated/resources/index.js";
import type { Workspace } from "../../generated/types.js";
import type { CallOptions } from "../../options.js";
import { ApiError } from "../../wrappers/errors.js";
import { isResourcePath, resourcePath } from "../resource-path.js";
import { tagFilter } from "../tags.js";
import { isOver } from "../wait/instance.js";
import { intentTag } from "./intent.js";

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

/** The resource that carries the intent's tag, whatever its name is by now. */
export async function findByTag<Resource extends object>(
  resources: { list(query: { tag: string[] }, options: CallOptions): AsyncIterable<Resource> },
  name: string,
  options: CallOptions,
): Promise<Resource | undefined> {
  let found: Resource | undefined;
  for await (const resource of resources.list({ tag: tagFilter({ [intentTag]: name }) }, options)) {
    found ??= resource;
    // A replacement inherits the tags of the instance that it ended: the one that lives counts.
    if (!("status" in resource && isOver(String(resource.status)))) return resource;
  }
  return found;
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
