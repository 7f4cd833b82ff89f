import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly bin?: Readonly<Record<string, string>>;
}

/** Entry points that a program cannot import, one line each. `project` has the package installed. */
export function entryFaults(project: string, folder: string): string[] {
  const { name, exports } = readManifest(folder);
  return Object.entries(exports).flatMap(([entry, target]) => {
    if (typeof target === "string") return existsSync(join(folder, target)) ? [] : [`${target} is not there`];
    const code = `const entry = await import("${name}${entry.slice(1)}");
      if (Object.keys(entry).length === 0) throw new Error("it exports nothing");`;
    const args = ["--input-type=module", "--eval", code];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: project, encoding: "utf8" });
    const types = existsSync(join(folder, target.types)) ? [] : [`${target.types} is not there`];
    return status === 0 ? types : [`${entry}: ${stderr}`, ...types];
  });
}

/** Commands that do not run, one line each. */
export function binFaults(project: string, folder: string): string[] {
  return Object.entries(readManifest(folder).bin ?? {}).flatMap(([name, file]) => {
    const script = join(folder, file);
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, "--help"], {
      cwd: project,
      encoding: "utf8",
    });
    const isFine = status === 0 && stdout.includes(`Usage: ${name}`) && readFileSync(script, "utf8").startsWith("#!");
    return isFine ? [] : [`${name}: ${stdout}${stderr}`];
  });
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}
