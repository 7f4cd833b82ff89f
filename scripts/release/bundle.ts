import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, type OnResolveArgs, type OnResolveResult, type Plugin } from "esbuild";
import { readPackage } from "../lib/package.js";

/**
 * The client's code: a file for each entry, and one that they share, since each file costs Node about a millisecond to load. A user's bundler drops
 * what a program does not use from within a file too. Names stay as they are; comments are in the declarations and the sources. Returns the files
 * that went into it.
 */
export async function bundleClient(root: string, entries: readonly string[]): Promise<string[]> {
  const others = entries.filter((name) => !["index", "paths", "node"].includes(name));
  const inputs = await Promise.all([
    // All entries of a group need all of its shared code. Otherwise esbuild makes one file for each set of entries that share something.
    compile(root, ["index", "paths", "wrappers"], [wrappersEntry]),
    compile(root, others, [wrappersOutside]),
    // What little the transport shares with the client is copied: apart, it would be one more file for everyone.
    compile(root, ["node"], []),
  ]);
  return inputs.flat();
}

async function compile(root: string, modules: readonly string[], plugins: readonly Plugin[]): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: modules.map((name) => ({ in: name === "wrappers" ? name : `src/${name}.ts`, out: name })),
    outdir: "dist",
    // Beside the entries, so that `./wrappers.js` is the same file from everywhere.
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
    // An uncaught error makes Node print the line it came from.
    lineLimit: 120,
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  for (const name of Object.keys(metafile.outputs)) withoutBareImports(join(root, name));
  return Object.keys(metafile.inputs);
}

/** `dist/wrappers.js`: everything that workflows may use, and the operations, which it has in common with the entries that send requests. */
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

/** Workflows use the client's own wrappers, errors and signals included. */
const wrappersOutside = resolving(/\/wrappers\//, () => ({
  path: "./wrappers.js",
  external: true,
  sideEffects: false,
}));

function resolving(filter: RegExp, resolve: (args: OnResolveArgs) => OnResolveResult | undefined): Plugin {
  return { name: `resolving ${filter}`, setup: ({ onResolve }) => onResolve({ filter }, resolve) };
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
const ownClientOutside = resolving(/^openapi-fetch$/, ({ importer, path }) =>
  /src\/paths(\.ts$|\/)/.test(importer) ? { path, external: true } : undefined,
);

/** The license texts of the packages that the bundled files come from. */
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
