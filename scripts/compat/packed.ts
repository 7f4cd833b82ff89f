import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { npm } from "../lib/npm.js";

/** A project of somebody else's: the packed tarball and what its optional parts need, installed as anybody would. */
export interface Consumer {
  readonly folder: string;
  readonly tarball: string;
  /** The entry points that run everywhere, such as `"."` and `"./paths"`. */
  readonly entries: readonly string[];
}

/** Packs the checkout and installs the tarball into a new project in `scratch`. */
export async function installTarball(root: string, scratch: string): Promise<Consumer> {
  await npm(root, "pack", "--pack-destination", scratch, "--loglevel=error");
  const packed = readdirSync(scratch).find((name) => name.endsWith(".tgz"));
  if (packed === undefined) throw new Error("npm pack made no tarball");
  const tarball = join(scratch, packed);
  const folder = join(scratch, "consumer");
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  const otel = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).devDependencies["@opentelemetry/api"];
  await npm(folder, "install", tarball, `@opentelemetry/api@${otel}`, "--omit=peer");
  cpSync(join(root, "test/compat"), folder, { recursive: true });
  const entries = portableEntries(folder);
  writeFileSync(join(folder, "entries.mjs"), printEntries(entries));
  return { folder, tarball, entries };
}

/** Servers for tests listen on a port, so `./testing` is for Node and what imitates it; `./node` stands on Node's own modules. */
function portableEntries(folder: string): string[] {
  const manifest = readFileSync(join(folder, "node_modules/sfc-preview-sdk/package.json"), "utf8");
  const { exports } = JSON.parse(manifest) as { exports: Record<string, unknown> };
  return Object.keys(exports).filter((entry) => !["./testing", "./node", "./package.json"].includes(entry));
}

/** Written out, because bundlers follow only what stands there. */
function printEntries(entries: readonly string[]): string {
  const lines = entries.map((entry) => `  "${entry}": () => import("sfc-preview-sdk${entry.slice(1)}"),`);
  return `export const entries = {\n${lines.join("\n")}\n};\n`;
}
