import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, type OnResolveArgs, type OnResolveResult, type Plugin } from "esbuild";
import { readPackage } from "../lib/package.js";

/**
 * Bundles the client's code into one file for each entry and one shared file, because Node takes about a millisecond to load each file. A user's
 * bundler also removes unused code within a file. Names are not shortened. Comments are only in the declarations and the sources. Returns the
 * bundled files.
 */
export async function bundleClient(root: string, entries: readonly string[]): Promise<string[]> {
  const others = entries.filter((name) => !["index", "paths", "node"].includes(name));
  const inputs = await Promise.all([
    // All entries of a group need all of its shared code. Otherwise esbuild makes one file for each set of entries that share something.
    compile(root, ["index", "paths", "wrappers"], [wrappersEntry]),
    compile(root, others, [wrappersOutside]),
    // The little code that the transport shares with the client is copied, because a separate file would be one more file for every user.
    compile(root, ["node"], []),
  ]);
  return inputs.flat();
}

async function compile(root: string, modules: readonly string[], plugins: readonly Plugin[]): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: modules.map((name) => ({ in: name === "wrappers" ? name : `src/${name}.ts`, out: name })),
    outdir: "dist",
    // The file is beside the entries, so that `./wrappers.js` refers to the same file from all of them.
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    mainFields: ["module", "main"],
    external: ["node:*", "@opentelemetry/api"],
    plugins: [ownClientOutside, ...plugins],
    minifyWhitespace: true,
    minifySyntax: true,
    // For an uncaught error, Node prints the source line of the error.
    lineLimit: 120,
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  for (const name of Object.keys(metafile.outputs)) withoutBareImports(join(root, name));
  return Object.keys(metafile.inputs);
}

/** `dist/wrappers.js` contains everything that workflows may use, and the operations, which it shares with the entries that send requests. */
const wrappersEntry: Plugin = {
  name: "wrappers entry",
  setup({ initialOptions, onResolve, onLoad }) {
    const resolveDir = join(initialOptions.absWorkingDir ?? "", "src");
    const modules = readdirSync(join(resolveDir, "wrappers")).filter((file) => file.endsWith(".ts"));
    const paths = ["generated/operations.js", ...modules.map((file) => `wrappers/${file.replace(/ts$/, "js")}`)];
    const contents = paths.map((path) => `export * from "./${path}";`).join("\n");
    onResolve({ filter: /^wrappers$/ }, ({ path }) => ({ path, namespace: "entry", sideEffects: false }));
    onLoad({ filter: /./, namespace: "entry" }, () => ({ contents, resolveDir }));
  },
};

/** Workflows use the client's own wrappers, including errors and signals. */
const wrappersOutside = resolving(/\/wrappers\//, () => ({
  path: "./wrappers.js",
  external: true,
  sideEffects: false,
}));

function resolving(filter: RegExp, resolve: (args: OnResolveArgs) => OnResolveResult | undefined): Plugin {
  return { name: `resolving ${filter}`, setup: ({ onResolve }) => onResolve({ filter }, resolve) };
}

/** Removes imports that load a file only for its side effects, because there are none and users' bundlers would warn. */
function withoutBareImports(file: string): void {
  if (!file.endsWith(".js")) return;
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace(/import"\.[^"]+";/g, ""));
}

/**
 * Imports of openapi-fetch's own client stay imports of the package, so that it is shared with other libraries that are built on it. The wrappers
 * use only a few lines of it, which are inlined, because loading the whole package would double the time of an import.
 */
const ownClientOutside = resolving(/^openapi-fetch$/, ({ importer, path }) =>
  /src\/paths(\.ts$|\/)/.test(importer) ? { path, external: true } : undefined,
);

/** The license texts of the packages whose files are bundled. */
export function collectLicenses(root: string, inputs: readonly string[]): string {
  const names = inputs.map((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]);
  const packages = [...new Set(names.filter((name) => name !== undefined))].sort();
  return packages.map((name) => readLicense(root, name)).join("\n");
}

function readLicense(root: string, name: string): string {
  const folder = join(root, "node_modules", name);
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no license file to ship`);
  return `== ${name} ${readPackage(folder).version}\n\n${readFileSync(join(folder, file), "utf8")}`;
}
