import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { npm, pack } from "../lib/npm.js";
import { readPackage } from "../lib/package.js";

/** A project of somebody else's: the packed tarballs and what their optional parts need, installed as anybody would. */
export interface Consumer {
  readonly folder: string;
  readonly tarball: string;
  /** The tarball of the devtools, whose simulator the programs call. */
  readonly devtools: string;
  /** The entry points that run everywhere, such as `"."` and `"./paths"`. */
  readonly entries: readonly string[];
}

/** Packs both packages and installs them into a new project in `scratch`. */
export async function installTarball(root: string, scratch: string): Promise<Consumer> {
  const { tarball } = await pack(scratch, { build: true });
  const { tarball: devtools } = await pack(scratch, { from: join(root, "packages/devtools") });
  const folder = join(scratch, "consumer");
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  const otel = readPackage(root).devDependencies?.["@opentelemetry/api"];
  await npm(folder, "install", tarball, devtools, `@opentelemetry/api@${otel}`, "--omit=peer");
  cpSync(join(root, "test/compat"), folder, { recursive: true });
  const entries = portableEntries(folder);
  writeFileSync(join(folder, "entries.mjs"), printEntries(entries));
  return { folder, tarball, devtools, entries };
}

/** `./node` stands on Node's own modules. */
function portableEntries(folder: string): string[] {
  const { exports = {} } = readPackage(join(folder, "node_modules/sfc-preview-sdk"));
  return Object.keys(exports).filter((entry) => !["./node", "./package.json"].includes(entry));
}

/** Written out, because bundlers follow only what stands there. */
function printEntries(entries: readonly string[]): string {
  const lines = entries.map((entry) => `  "${entry}": () => import("sfc-preview-sdk${entry.slice(1)}"),`);
  return `export const entries = {\n${lines.join("\n")}\n};\n`;
}
