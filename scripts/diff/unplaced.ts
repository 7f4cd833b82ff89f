import { fromPointer } from "../generate/pointer.js";
import type { Entry } from "./entry.js";
import type { RawChange } from "./raw-changes.js";

/** Parts of a description that no user of the client meets, or that have entries of their own. */
const SILENT = new Set(["info", "tags", "externalDocs", "openapi", "webhooks", "servers"]);

/** Changes outside operations and schemas, such as ways to authenticate, in the words of `redocly diff`. */
export function unplacedEntries(changes: readonly RawChange[]): Entry[] {
  return changes.filter(isUnplaced).map((change) => {
    const what = change.verdicts[0]?.message ?? `${change.typeName} ${change.kind}${of(change)}`;
    return { kind: "other", impact: change.impact, subject: "the description", clause: what, methods: [] };
  });
}

function isUnplaced({ path }: RawChange): boolean {
  const [group = "", section] = fromPointer(path);
  if (group.startsWith("x-") || SILENT.has(group)) return false;
  return group !== "paths" && (group !== "components" || section === "securitySchemes");
}

function of({ path, property }: RawChange): string {
  return ` (${[...fromPointer(path), ...(property ? [property] : [])].join(" ")})`;
}
