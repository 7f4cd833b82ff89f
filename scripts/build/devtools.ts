import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** `packages/devtools/dist`: the compiler's output file by file, and the description. Its declarations refer to the client's, so that comes first. */
export function buildDevtools(root: string): void {
  const folder = join(root, "packages/devtools");
  rmSync(join(folder, "dist"), { recursive: true, force: true });
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { status } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: folder, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
  const description = readFileSync(join(root, "openapi/bundled.json"), "utf8");
  writeFileSync(join(folder, "dist/description.json"), JSON.stringify(JSON.parse(description)));
}
