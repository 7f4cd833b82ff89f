/** Makes `dist/` from `src/`: `npm run build`. */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));

rmSync(`${root}dist`, { recursive: true, force: true });
run("typescript/bin/tsc", "-p", "tsconfig.build.json");

/** Runs a tool's own script, so that its failure is ours. */
function run(script: string, ...args: string[]): void {
  const { status } = spawnSync(process.execPath, [`${root}node_modules/${script}`, ...args], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
}
