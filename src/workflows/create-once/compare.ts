import { parseDecimal } from "../decimal.js";
import { canonicalId } from "../ids.js";
import { isResourcePath, resourcePath } from "../resource-path.js";

/** Compares one field of the body with the same field of what exists. */
export type FieldCheck<Resource> = (asked: never, existing: Resource) => boolean;

/** Fields whose values in the body are not what the resource shows. Fields that were left out may have any value. */
export function differencesIn<Resource>(
  body: object,
  existing: Resource,
  checks: Readonly<Record<string, FieldCheck<Resource>>>,
): string[] {
  return Object.entries(body)
    .filter(([field, asked]) => {
      const check = checks[field];
      return asked !== undefined && asked !== null && check !== undefined && !check(asked as never, existing);
    })
    .map(([field]) => field);
}

/** Whether an id means this resource. A path that has no id (`withIds`) means none. */
export function refersTo(reference: string, { id }: { readonly id: string }): boolean {
  return canonicalId(reference) === canonicalId(id);
}

/** Whether an id or a path means the workspace that a resource is in. */
export function isIn(
  reference: string,
  { owner, workspace, workspace_id }: { owner: string; workspace: string; workspace_id: string },
): boolean {
  if (!isResourcePath(reference)) return reference === workspace_id;
  const { account, name } = resourcePath.parse(reference);
  return account === owner && name === workspace;
}

/** Whether all tags that were asked for are there; further ones do not matter. */
export function hasTags(
  asked: Readonly<Record<string, string>>,
  existing: Readonly<Record<string, string>> | null | undefined,
): boolean {
  return Object.entries(asked).every(([key, value]) => existing?.[key] === value);
}

/** Equal as numbers, whatever the number of decimals, or apart by no more than the service's rounding to its grid. */
export function isSamePrice(asked: string, existing: string): boolean {
  const [a, b] = [parseDecimal(asked), parseDecimal(existing)];
  if (!a || !b) return asked === existing;
  const left = a.units * 10n ** BigInt(b.scale);
  const right = b.units * 10n ** BigInt(a.scale);
  const apart = left > right ? left - right : right - left;
  // At most half a step of $0.000060.
  return apart * 1_000_000n <= 30n * 10n ** BigInt(a.scale + b.scale);
}
