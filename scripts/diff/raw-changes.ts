import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runPackage } from "../lib/run.js";
import type { Impact } from "./entry.js";

/** One change as `redocly diff` tells it. */
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
