import { createRequire } from "node:module";
import { join } from "node:path";
import type ts from "typescript";
import { memoryHost as hostWith } from "../../packages/devtools/src/impact/memory-host.js";
import { root } from "./package.js";

const require = createRequire(import.meta.url);

/** The TypeScript compiler. Loaded when it is needed, and by `require`: as an ES module its nine megabytes are read twice. */
export function loadCompiler(): typeof ts {
  return require("typescript") as typeof ts;
}

/** A compiler host that sees files in memory beside those on disk, and parses what several programs read only once. */
export function memoryHost(
  options: ts.CompilerOptions,
  files: ReadonlyMap<string, string> = new Map(),
): ts.CompilerHost {
  // Folders outside the project are temporary; what was parsed of them would stay for nothing.
  return hostWith(loadCompiler(), options, files, (path) => path.startsWith(join(root, "/")));
}
