import { anything, type Checks, checkOptions } from "../wrappers/checks.js";
import { UsageError } from "../wrappers/errors.js";

/** What follows `sfc:<type>:` in a resource path. */
export interface ResourcePathParts {
  /** `instance`, `pool`, `workspace` … Types that are not known here are taken as they are. */
  readonly type: string;
  /** Absent for users only. */
  readonly account?: string | undefined;
  /** Absent for what belongs to an account as a whole: workspaces, roles, tokens. */
  readonly workspace?: string | undefined;
  readonly name: string;
}

const partChecks: Checks<ResourcePathParts> = {
  type: anything,
  account: anything,
  workspace: anything,
  name: anything,
};

const segment = /^[a-zA-Z0-9._-]+$/;

/** How many parts follow the type. A type that is not in here may have any number: the API grows. */
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
  // Formatting checks every part, so that reading accepts exactly what writing makes.
  format(parts);
  return parts;
}

function format(parts: ResourcePathParts): string {
  checkOptions(parts, partChecks, "parts");
  const { type, account, workspace, name } = parts;
  const rest = [account, workspace, name].filter((part) => part !== undefined);
  const path = ["sfc", type, ...rest].join(":");
  const depth = Object.hasOwn(depths, type) ? depths[type] : rest.length;
  const hole = account === undefined && workspace !== undefined;
  if (hole || rest.length !== depth || ![type, ...rest].every((part) => segment.test(part))) throw malformed(path);
  return path;
}

function malformed(path: string): UsageError {
  return new UsageError(
    "resourcePath",
    `${JSON.stringify(path)} is not a resource path such as "sfc:instance:account:workspace:name" or "sfc:workspace:account:name"`,
  );
}

/**
 * Reads and writes resource paths: `sfc:instance:acme:prod:trainer-1`, `sfc:workspace:acme:prod`, `sfc:user:ada`.
 *
 * A path changes when the resource is renamed or moved: keep ids, and use paths where people type.
 * Both functions throw `UsageError` for what is not a path of its type.
 */
export const resourcePath: { readonly parse: typeof parse; readonly format: typeof format } = { parse, format };

/** Whether a reference is a resource path rather than an id. */
export function isResourcePath(reference: string): boolean {
  return reference.startsWith("sfc:");
}
