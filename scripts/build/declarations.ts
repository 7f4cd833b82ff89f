import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Entries } from "../lib/package.js";
import { compactSchema } from "./compact-schema.js";
import { isMapped } from "./mapped.js";
import { reachedFrom } from "./reach.js";

/** The declarations that the entries lead to, each as small as it gets without a word less for its reader. */
export function emitDeclarations(root: string, entries: Entries): void {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { status } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
  const reached = reachedFrom(root, entries.types, ".d.ts");
  for (const name of readdirSync(join(root, "dist"), { recursive: true, encoding: "utf8" })) {
    if (name.endsWith(".d.ts")) settle(root, name, reached.has(`dist/${name}`));
  }
}

function settle(root: string, name: string, isReached: boolean): void {
  const file = join(root, "dist", name);
  const hasMap = isReached && isMapped(root, name.replace(/\.d\.ts$/, ""));
  if (!hasMap) rmSync(`${file}.map`);
  if (!isReached) rmSync(file);
  else if (!hasMap) writeFileSync(file, compact(name, readFileSync(file, "utf8")));
}

/** Only where no map counts columns. */
function compact(name: string, text: string): string {
  const unmapped = text.replace(/\/\/# sourceMappingURL=.*\n?$/, "");
  return withTabs(name === "generated/schema.d.ts" ? compactSchema(unmapped) : unmapped);
}

/** The compiler indents by four spaces, and has no option for less. */
export function withTabs(text: string): string {
  return text.replace(/^(?: {4})+/gm, (indent) => "\t".repeat(indent.length / 4));
}
