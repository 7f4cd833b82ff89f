import { createRequire } from "node:module";
import { join } from "node:path";
import type ts from "typescript";
import { memoryHost as hostWith } from "../../packages/devtools/src/impact/memory-host.js";
import { root } from "./package.js";

const require = createRequire(import.meta.url);

/** The TypeScript compiler. It is loaded on demand and with `require`, because its nine megabytes would be read twice as an ES module. */
export function loadCompiler(): typeof ts {
  return require("typescript") as typeof ts;
}

/** A compiler host with files in memory in addition to those on the disk. It parses files that several programs read only once. */
export function memoryHost(
  options: ts.CompilerOptions,
  files: ReadonlyMap<string, string> = new Map(),
): ts.CompilerHost {
  // Folders outside of the project are temporary, so caching their files would waste memory.
  return hostWith(loadCompiler(), options, files, (path) => path.startsWith(join(root, "/")));
}
