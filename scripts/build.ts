/** Makes `dist/` from `src/`: `npm run build`. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../", import.meta.url));

rmSync(`${root}dist`, { recursive: true, force: true });
compile();
const bundled = [...(await bundleServers()), ...(await bundleImpact())];
writeFileSync(`${root}dist/testing/THIRD-PARTY-LICENSES.txt`, licencesOf(bundled));

/** Declarations for everything, and the client as it is: one module for one module, for the user's bundler to shake. */
function compile(): void {
  const tsc = `${root}node_modules/typescript/bin/tsc`;
  const { status } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

/**
 * The servers for tests, with the libraries they stand on inside: who installs the client installs none of those. Prism is started as a process
 * and stays outside.
 */
async function bundleServers(): Promise<string[]> {
  for (const folder of ["testing", "cli"]) removeCompiled(`${root}dist/${folder}`);
  const entries = { "testing/index": "src/testing/index.ts", "cli/main": "src/cli/main.ts" };
  return bundle(entries, "testing/[name]-[hash]");
}

/**
 * The repository's `spec:impact` as a command of the package. By itself, so that `simulate` does not load a piece of it. The tools
 * that it stands on are larger than the package, and stay outside.
 */
function bundleImpact(): Promise<string[]> {
  const tools = ["typescript", "openapi-typescript", "@redocly/cli"];
  return bundle({ "cli/impact": "scripts/package-impact.ts" }, "cli/[name]-[hash]", tools);
}

/** Gives the files that went into it. */
async function bundle(entryPoints: Record<string, string>, chunkNames: string, external: string[] = []) {
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
    minifySyntax: true,
    metafile: true,
    logLevel: "warning",
    // Some of the libraries are CommonJS and ask for Node's modules by require.
    banner: {
      js: 'import { createRequire as $require } from "node:module"; const require = $require(import.meta.url);',
    },
  });
  return Object.keys(metafile.inputs);
}

/** Leaves the declarations: the code beside them comes out of the bundle. */
function removeCompiled(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (/\.js(\.map)?$/.test(name)) rmSync(`${folder}/${name}`);
  }
}

/** The licence texts of the packages that went into the bundle. */
function licencesOf(inputs: readonly string[]): string {
  const names = inputs.map((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]);
  const packages = [...new Set(names.filter((name) => name !== undefined))].sort();
  return packages.map(licenceOf).join("\n");
}

function licenceOf(name: string): string {
  const folder = `${root}node_modules/${name}`;
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined || !existsSync(`${folder}/${file}`)) throw new Error(`${name} has no licence file to ship`);
  const { version } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8")) as { version: string };
  return `== ${name} ${version}\n\n${readFileSync(`${folder}/${file}`, "utf8")}`;
}
