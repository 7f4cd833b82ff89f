import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bytesBelow } from "../../scripts/lib/measure.js";
import { npm } from "../../scripts/lib/npm.js";
import { readPackage, root } from "../../scripts/lib/package.js";
import { type Row, type Samples, values } from "../table.js";
import type { Context } from "../workshop.js";

interface Installed {
  readonly packages: number;
  readonly kib: number;
}

/** The number of packages and the size of all files after `npm install` in an empty folder. A generated client is a single file. */
export async function install({ workshop: { folder, tarball }, progress }: Context): Promise<Row[]> {
  progress("install");
  const { dependencies = {} } = readPackage(root);
  const found = {
    raw: { packages: 0, kib: 0 },
    "openapi-fetch": await tryInstall(folder, "openapi-fetch", `openapi-fetch@${dependencies["openapi-fetch"]}`),
    redocly: { packages: 0, kib: statSync(join(folder, "contenders/redocly/client.ts")).size / 1024 },
    ours: await tryInstall(folder, "ours", tarball),
  };
  const samples = (what: keyof Installed): Samples =>
    Object.fromEntries(Object.entries(found).map(([name, one]) => [name, typeof one === "string" ? one : [one[what]]]));
  const row = (what: keyof Installed, title: string, unit: string, goal: number): Row => {
    const cells = values(samples(what));
    return { id: `install-${what}`, title, unit, better: "lower", digits: 0, cells, targets: { ours: goal } };
  };
  return [row("packages", "packages installed", "", 3), row("kib", "installed", "KiB", 900)];
}

async function tryInstall(folder: string, name: string, spec: string): Promise<Installed | string> {
  const project = join(folder, `install-${name}`);
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), '{ "private": true }\n');
  try {
    await npm(project, "install", spec);
  } catch {
    return "no registry";
  }
  const modules = join(project, "node_modules");
  const { packages } = JSON.parse(readFileSync(join(modules, ".package-lock.json"), "utf8"));
  return { packages: Object.keys(packages).length, kib: bytesBelow(modules) / 1024 };
}
