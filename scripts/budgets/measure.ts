import { cpSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dependencies, pack, unpackInto } from "../lib/npm.js";
import { root } from "../lib/package.js";
import { gzipBytes } from "./gzip-bytes.js";
import { checkFile } from "./tsc.js";

/** What the budgets are about, from `dist/` as it is. The programs are those of the benchmarks. Nothing in it depends on the machine. */
export async function measure(folder: string): Promise<Record<string, number>> {
  const packed = await pack(folder);
  await unpackInto(folder, packed.tarball);
  const programs = join(folder, "contenders");
  cpSync(join(root, "bench/contenders/ours"), join(programs, "ours"), { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  const needed = dependencies();
  const neededBytes = needed.reduce((sum, name) => sum + bytesBelow(join(root, "node_modules", name)), 0);
  return {
    whole: await gzipKib(join(programs, "ours/whole.ts")),
    "one-resource": await gzipKib(join(programs, "ours/one-resource.ts")),
    paths: await entryKib(folder, "paths"),
    workflows: await entryKib(folder, "workflows"),
    otel: await entryKib(folder, "otel"),
    tarball: packed.bytes / 1024,
    unpacked: packed.unpackedBytes / 1024,
    files: packed.files,
    packages: 1 + needed.length,
    installed: (packed.unpackedBytes + neededBytes) / 1024,
    "types-small": checkFile(folder, "contenders/ours/small.ts").instantiations,
    "types-eleven": checkFile(folder, "contenders/ours/eleven.ts").instantiations,
  };
}

/** The user has OpenTelemetry already when he loads that entry. */
async function gzipKib(program: string): Promise<number> {
  return (await gzipBytes(program, { external: ["@opentelemetry/api"] })) / 1024;
}

function entryKib(folder: string, entry: string): Promise<number> {
  const program = join(folder, `${entry}.ts`);
  writeFileSync(program, `export * from "sfc-preview-sdk/${entry}";\n`);
  return gzipKib(program);
}

function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
