import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dependencies } from "../../scripts/lib/npm.js";
import { root } from "../../scripts/lib/package.js";
import { bundled, checkFile, gzipBytes } from "../../scripts/lib/weigh.js";
import { importMs } from "../import-ms.js";
import { summarize } from "../stats.js";
import type { Project } from "./project.js";

/** What a project costs its users; times are medians. */
export interface Costs {
  /** KiB, minified and compressed. */
  readonly whole: number;
  /** Bytes, minified. */
  readonly oneResource: number;
  /** Bare Node included. */
  readonly importMs: number;
  readonly instantiations: number;
  readonly checkSeconds: number;
  readonly generateSeconds: number;
}

/** The programs of the benchmarks, over this project's own package. */
export async function measureCosts(project: Project, folder: string, rounds: number): Promise<Costs> {
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  symlinkSync(project.folder, join(folder, "node_modules/sfc-preview-sdk"), "dir");
  for (const name of dependencies()) {
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name), "dir");
  }
  cpSync(join(root, "bench/contenders/ours"), folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  const program = join(folder, "import.js");
  writeFileSync(program, 'import "sfc-preview-sdk";\nconsole.log(performance.now());\n');
  const checks = Array.from({ length: Math.ceil(rounds / 3) }, () => checkFile(folder, "eleven.ts"));
  return {
    whole: (await gzipBytes(join(folder, "whole.ts"))) / 1024,
    oneResource: (await bundled(join(folder, "one-resource.ts"))).length,
    importMs: median(Array.from({ length: rounds }, () => importMs(program))),
    instantiations: checks[0]?.instantiations ?? 0,
    checkSeconds: median(checks.map(({ seconds }) => seconds)),
    generateSeconds: project.generateSeconds,
  };
}

function median(samples: readonly number[]): number {
  return summarize(samples).median;
}
