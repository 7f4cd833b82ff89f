/**
 * The tests of the Node transport on other versions of Node than the one that runs this: `npm run test:node-versions`, or `-- 22 24.4` for some. What an agent
 * supports differs between them. Needs the npm registry, on first use.
 */
import { downloaded } from "../lib/npm.js";
import { root } from "../lib/package.js";
import { execute } from "../lib/run.js";

/** The oldest that is supported, then of each later line the newest, and one whose agent ignores proxy variables. */
const supported = ["20.19", "22.12", "22", "24.4", "24", "26"];

const wanted = process.argv.slice(2);

for (const version of wanted.length > 0 ? wanted : supported) {
  const node = await downloaded(`node@${version}`, "node");
  const { code, output } = await execute(node, ["node_modules/vitest/vitest.mjs", "run", "test/node"], { cwd: root });
  console.log(`Node ${version}: ${code === 0 ? "passed" : `failed\n${output}`}`);
  if (code !== 0) process.exitCode = 1;
}
