import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Where users of the package come in, as paths from its root: `dist/index.js`. */
export interface Entries {
  readonly code: readonly string[];
  readonly types: readonly string[];
}

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
}

/** As package.json exports them. */
export function readEntries(root: string): Entries {
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
  const modules = Object.values(exports).filter((target) => typeof target !== "string");
  const path = (target: string) => target.replace(/^\.\//, "");
  return { code: modules.map((entry) => path(entry.default)), types: modules.map((entry) => path(entry.types)) };
}
