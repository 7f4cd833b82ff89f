import type { RawOperation } from "../generate/raw-operations.js";
import { versionPrefix } from "../generate/rules.js";

/**
 * Which operation of one description is which of another: by operationId, else by what stands at the same method and
 * path, else at the same path below another version prefix.
 */
export function matchOperations(from: readonly RawOperation[], to: readonly RawOperation[]): Map<string, string> {
  const matches = new Map<string, string>();
  const isFree = (one: RawOperation) => ![...matches.values()].includes(one.id);
  const match = (isSame: (a: RawOperation, b: RawOperation) => boolean) => {
    for (const one of from) {
      if (matches.has(one.id)) continue;
      const other = to.find((candidate) => isFree(candidate) && isSame(one, candidate));
      if (other !== undefined) matches.set(one.id, other.id);
    }
  };
  match((a, b) => a.id === b.id);
  match((a, b) => a.http === b.http && place(a) === place(b));
  match((a, b) => a.http === b.http && unversioned(a) === unversioned(b));
  return matches;
}

/** The path without the names of its parameters. */
function place({ path }: RawOperation): string {
  return path.replace(/\{[^}]*\}/g, "{}");
}

function unversioned(operation: RawOperation): string {
  return place(operation).slice(versionPrefix(operation.path).length);
}
