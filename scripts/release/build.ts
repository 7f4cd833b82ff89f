/** Builds both packages from their sources: `npm run build`. With `-- --client`, builds only the client. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ownMethods } from "../../packages/devtools/src/own-description.js";
import { readJson } from "../lib/json.js";
import { readEntries, root } from "../lib/package.js";
import { runPackage } from "../lib/run.js";
import { bundleClient, collectLicenses } from "./bundle.js";
import { shrinkDeclarations } from "./declarations.js";

const devtools = join(root, "packages/devtools");
const entries = readEntries(root);

await compile(root);
shrinkDeclarations(root, entries);
const inlined = await bundleClient(root, entries);
writeFileSync(join(root, "dist/THIRD-PARTY-LICENSES.txt"), collectLicenses(root, inlined));

if (!process.argv.includes("--client")) {
  // The devtools are the compiler's output, file by file. Their declarations refer to those of the client, so the client is built first.
  await compile(devtools);
  writeFileSync(join(devtools, "dist/description.json"), JSON.stringify(readJson(join(root, "openapi/bundled.json"))));
  writeFileSync(join(devtools, "dist/methods.json"), JSON.stringify(ownMethods()));
}

/** Replaces `dist` by the output of the compiler. */
async function compile(folder: string): Promise<void> {
  rmSync(join(folder, "dist"), { recursive: true, force: true });
  const { exitCode, all } = await runPackage("typescript", ["-p", "tsconfig.build.json"], folder);
  if (exitCode === 0) return;
  console.error(all);
  process.exit(exitCode ?? 1);
}
