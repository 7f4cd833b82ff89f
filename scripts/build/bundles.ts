import { build } from "esbuild";

/** The files that went into a bundle. */
export type Bundled = readonly string[];

/**
 * The servers for tests, with the libraries they stand on inside: who installs the client installs none of those. Prism is started as a process
 * and stays outside.
 */
export function bundleCommand(root: string): Promise<Bundled> {
  const entries = { "testing/index": "src/testing/index.ts", "cli/main": "src/cli/main.ts" };
  return bundle(root, entries, "testing/[name]-[hash]");
}

/**
 * The repository's `spec:impact` as a command of the package. By itself, so that `simulate` does not load a piece of it. The tools
 * that it stands on are larger than the package, and stay outside.
 */
export function bundleImpact(root: string): Promise<Bundled> {
  const tools = ["typescript", "openapi-typescript", "@redocly/cli", "yaml", "json-p3"];
  return bundle(root, { "cli/impact": "scripts/spec/package-impact.ts" }, "cli/[name]-[hash]", tools);
}

async function bundle(
  root: string,
  entryPoints: Record<string, string>,
  chunkNames: string,
  external: string[] = [],
): Promise<Bundled> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints,
    outdir: "dist",
    bundle: true,
    splitting: true,
    chunkNames,
    external,
    format: "esm",
    platform: "node",
    target: "node20",
    minify: true,
    lineLimit: 500,
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
    // Some of the libraries are CommonJS and ask for Node's modules by require.
    banner: {
      js: 'import { createRequire as $require } from "node:module"; const require = $require(import.meta.url);',
    },
  });
  return Object.keys(metafile.inputs);
}
