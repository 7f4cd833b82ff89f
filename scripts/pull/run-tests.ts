import { runPackage } from "../generate/child.js";

/** Type-checks the project and runs the contract tests on it; gives what failed, or nothing. */
export async function runTests(root: string): Promise<string | undefined> {
  const types = await runPackage("typescript", ["--noEmit", "-p", "tsconfig.json"], root);
  if (types.code !== 0) return `npm run typecheck fails:\n${types.stdout}`;
  const tests = await runPackage("vitest", ["run", "test/contract"], root);
  return tests.code === 0 ? undefined : `The contract tests fail:\n${tests.stdout}${tests.stderr}`;
}
