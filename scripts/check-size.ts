/**
 * What the package may weigh: `npm run check:size`; `-- --no-build` for `dist/` as it is. Fails when a budget of `budgets/budgets.json` is exceeded.
 *
 * By ourselves and not with `size-limit`: of the twelve numbers it knows five (its newest version for Node 20 is 11, which brings ten packages and
 * a second esbuild); tarball, packages and what the compiler pays would need a program of our own all the same.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Budget, judge, printJudged } from "./budgets/judge.js";
import { measure } from "./budgets/measure.js";
import { root } from "./lib/package.js";

if (!process.argv.includes("--no-build")) build();

const scratch = mkdtempSync(join(tmpdir(), "size-"));
try {
  const budgets = JSON.parse(readFileSync(join(root, "scripts/budgets/budgets.json"), "utf8")) as Budget[];
  const judged = judge(budgets, await measure(scratch));
  console.log(printJudged(judged));
  const exceeded = judged.filter(({ isExceeded }) => isExceeded);
  for (const { title } of exceeded) console.error(`exceeded: ${title}`);
  process.exitCode = exceeded.length > 0 ? 1 : 0;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function build(): void {
  const { status, stderr } = spawnSync("npm", ["run", "build", "--silent"], { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}
