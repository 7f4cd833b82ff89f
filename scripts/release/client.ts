import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import type { Entries } from "../lib/package.js";

/** The files that went into a bundle. */
type Bundled = readonly string[];

/**
 * The client's code: one file for each entry, and shared pieces. Each file costs Node about a millisecond to load, and a user's bundler drops what a
 * program does not use from within a file too. Names stay as they are; comments are in the declarations and the sources.
 */
export async function compileClient(root: string, entries: Entries): Promise<Bundled> {
  const modules = entries.code.map((file) => file.replace(/^dist\/|\.js$/g, ""));
  // What little the transport shares with the client is copied: apart, it would be one more file for everyone.
  const groups = [modules.filter((name) => name !== "node"), modules.filter((name) => name === "node")];
  const inputs = await Promise.all(groups.map((group) => compile(root, group)));
  return inputs.flat();
}

async function compile(root: string, modules: readonly string[]): Promise<Bundled> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: modules.map((name) => `src/${name}.ts`),
    outbase: "src",
    outdir: "dist",
    chunkNames: "shared/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    mainFields: ["module", "main"],
    external: ["node:*", "@opentelemetry/api"],
    plugins: [ownClientOutside],
    minifyWhitespace: true,
    minifySyntax: true,
    // An uncaught error makes Node print the line it came from.
    lineLimit: 120,
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  for (const name of Object.keys(metafile.outputs)) withoutBareImports(join(root, name));
  return Object.keys(metafile.inputs);
}

/** One piece loads another for nothing but its effects, and there are none: users' bundlers would warn. */
function withoutBareImports(file: string): void {
  if (!file.endsWith(".js")) return;
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace(/import"\.[^"]+";/g, ""));
}

/**
 * Who asks for openapi-fetch's own client gets it as the package that it is, shared with everything else that is built on it. What the wrappers
 * use of it is a few lines; loading all of it would double the time that an import takes.
 */
const ownClientOutside: Plugin = {
  name: "own client outside",
  setup({ onResolve }) {
    onResolve({ filter: /^openapi-fetch$/ }, ({ importer, path }) =>
      /src\/paths(\.ts$|\/)/.test(importer) ? { path, external: true } : undefined,
    );
  },
};

/** The licence texts of the packages that the bundled files come from. */
export function licencesOf(root: string, inputs: readonly string[]): string {
  const names = inputs.map((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]);
  const packages = [...new Set(names.filter((name) => name !== undefined))].sort();
  return packages.map((name) => licenceOf(root, name)).join("\n");
}

function licenceOf(root: string, name: string): string {
  const folder = join(root, "node_modules", name);
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no licence file to ship`);
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  return `== ${name} ${version}\n\n${readFileSync(join(folder, file), "utf8")}`;
}
