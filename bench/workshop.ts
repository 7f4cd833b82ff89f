/** A folder with every contender, set up as by its user: packages in `node_modules`, and generated clients beside the programs. */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { transform } from "esbuild";
import { writePrograms } from "../scripts/lib/measure.js";
import { npm, pack, unpackInto } from "../scripts/lib/npm.js";
import { root } from "../scripts/lib/package.js";
import { runPackage } from "../scripts/lib/run.js";
import { clients } from "./contenders.js";
import type { Row } from "./table.js";

export interface Workshop {
  readonly folder: string;
  readonly tarball: string;
  /** The entry `./node` is part of the package. */
  readonly hasNodeTransport: boolean;
}

export interface Context {
  readonly workshop: Workshop;
  /** Runs fewer rounds, which show tendencies and not exact values. */
  readonly quick: boolean;
  /** Shows progress in a terminal. */
  progress(step: string): void;
}

/** Measures the rows of one kind. */
export type Family = (context: Context) => Promise<Row[]>;

/** Builds the package unless the caller already has one, packs it, and installs every contender in `folder`. */
export async function setUp(folder: string, build: boolean): Promise<Workshop> {
  if (build || !existsSync(join(root, "dist/index.js"))) await npm(root, "run", "build");
  const { tarball } = await pack(folder);
  await unpackInto(folder, tarball);
  for (const name of [...clients, "raw-timeout"]) writePrograms(name, join(folder, "contenders"));
  cpSync(join(root, "bench/workers"), join(folder, "workers"), { recursive: true });
  cpSync(join(root, "bench/contenders.ts"), join(folder, "contenders.ts"));
  cpSync(join(root, "src/generated/schema.ts"), join(folder, "contenders/openapi-fetch/schema.ts"));
  await generateRedocly(join(folder, "contenders/redocly/client.ts"));
  const hasNodeTransport = existsSync(join(folder, "node_modules/sfc-preview-sdk/dist/node.js"));
  if (!hasNodeTransport) rmSync(join(folder, "contenders/ours-node"), { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  await compile(folder);
  return { folder, tarball, hasNodeTransport };
}

export async function generateRedocly(output: string): Promise<void> {
  const description = join(root, "openapi/bundled.json");
  const args = ["generate-client", description, `--output=${output}`, "--args-style=grouped"];
  const { exitCode, stderr } = await runPackage("@redocly/cli", args, root);
  if (exitCode !== 0) throw new Error(`redocly generate-client ended with ${exitCode}.\n${stderr}`);
}

/** Compiles each module separately. Nothing is bundled, so that every contender loads the files of its package. */
async function compile(folder: string): Promise<void> {
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !name.startsWith("node_modules"),
  );
  for (const name of sources) {
    const file = join(folder, name);
    const { code } = await transform(readFileSync(file, "utf8"), { loader: "ts", format: "esm", target: "node20" });
    writeFileSync(file.replace(/ts$/, "js"), code);
  }
}
