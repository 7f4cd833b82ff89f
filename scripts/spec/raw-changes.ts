import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RawOperation } from "../generate/operations.js";
import { versionPrefix } from "../generate/rows.js";
import { fromPointer } from "../lib/openapi.js";
import { runPackage } from "../lib/run.js";
import type { Entry, Impact } from "./report.js";

/** One change as `redocly diff` reports it. */
export interface RawChange {
  /** The way to it from the root of the document, through references. */
  readonly path: string;
  readonly typeName: string;
  readonly kind: "added" | "removed" | "modified";
  readonly impact: Impact;
  readonly property?: string;
  readonly base?: RawPlace;
  readonly revision?: RawPlace;
  readonly verdicts: readonly { readonly ruleId: string; readonly message: string }[];
}

/** Where it stands in one of the two documents, as a JSON pointer, and what stood there. */
export interface RawPlace {
  readonly pointer: string;
  readonly value?: unknown;
}

/** Lets `redocly diff` compare two documents, in a folder that may be thrown away. */
export async function rawChanges(before: unknown, after: unknown, folder: string): Promise<RawChange[]> {
  writeFileSync(join(folder, "before.json"), JSON.stringify(before));
  writeFileSync(join(folder, "after.json"), JSON.stringify(after));
  const args = ["diff", "before.json", "after.json", "--format=json", "--fail-on=none"];
  const { stdout, stderr } = await runPackage("@redocly/cli", args, folder);
  try {
    return (JSON.parse(stdout) as { changes: RawChange[] }).changes;
  } catch {
    throw new Error(`redocly diff did not run: ${stderr || stdout}`);
  }
}

/** Schemas that stand under another name with the same content, as `redocly diff` pairs them. */
export function renamedSchemas(changes: readonly RawChange[]): Map<string, string> {
  return new Map(
    changes
      .filter(({ typeName, kind, property }) => typeName === "Schema" && kind === "modified" && property === "key")
      .flatMap(({ base, revision }) => {
        const [from, to] = [namedAt(base?.pointer), namedAt(revision?.pointer)];
        return from === undefined || to === undefined ? [] : [[from, to] as const];
      }),
  );
}

function namedAt(pointer: string | undefined): string | undefined {
  const [group, section, name, ...rest] = fromPointer(pointer ?? "");
  return group === "components" && section === "schemas" && rest.length === 0 ? name : undefined;
}

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
  match((a, b) => a.http === b.http && pathShape(a) === pathShape(b));
  match((a, b) => a.http === b.http && unversioned(a) === unversioned(b));
  return matches;
}

/** The path without the names of its parameters. */
function pathShape({ path }: RawOperation): string {
  return path.replace(/\{[^}]*\}/g, "{}");
}

function unversioned(operation: RawOperation): string {
  return pathShape(operation).slice(versionPrefix(operation.path).length);
}

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
