import { runPackage } from "../lib/run.js";

/** Those that call the client; the rest of the folder tests the tests. */
const CONTRACT = ["test/contract/operations.test.ts", "test/contract/documented-calls.test.ts"];

/** Type-checks the project and runs the contract tests on it, side by side; gives what failed, or nothing. */
export async function runTests(root: string): Promise<string | undefined> {
  const [types, tests] = await Promise.all([
    runPackage("typescript", ["--noEmit", "-p", "tsconfig.json"], root),
    runPackage("vitest", ["run", ...CONTRACT], root),
  ]);
  const failures = [
    ...(types.code === 0 ? [] : [`npm run typecheck fails:\n${types.stdout}`]),
    ...(tests.code === 0 ? [] : [`The contract tests fail:\n${tests.stdout}${tests.stderr}`]),
  ];
  return failures.length === 0 ? undefined : failures.join("\n");
}
