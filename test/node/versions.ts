/**
 * The tests of the Node transport on other versions of Node than the one that runs this: `npm run test:node-versions`, or `-- 22 24.4` for some. What an agent
 * supports differs between them. Needs the npm registry, on first use.
 */
import { root } from "../../scripts/lib/package.js";
import { execute } from "../../scripts/lib/run.js";
import { downloaded } from "../support/downloaded.js";

/** The oldest that is supported, then of each later line the newest, and one whose agent ignores proxy variables. */
const supported = ["20.19", "22.12", "22", "24.4", "24", "26"];

const wanted = process.argv.slice(2);

for (const version of wanted.length > 0 ? wanted : supported) {
  const node = await downloaded(`node@${version}`, "node");
  const args = ["node_modules/vitest/vitest.mjs", "run", "test/node"];
  const { failed, message } = await execute(node, args, { cwd: root, reject: false });
  console.log(`Node ${version}: ${failed ? `failed\n${message}` : "passed"}`);
  if (failed) process.exitCode = 1;
}
