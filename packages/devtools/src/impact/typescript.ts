import { createRequire } from "node:module";
import { join } from "node:path";
import type TS from "typescript";
import { ProjectProblem } from "./problem.js";

/** The compiler that the rest of this folder uses. There is one per process. */
export let ts: typeof TS;

/** Sets the compiler. */
export function useTypeScript(compiler: typeof TS): void {
  ts = compiler;
}

/** Sets the compiler that a user's project has installed, so that the check uses the same one as the project. */
export function useTypeScriptOf(folder: string): void {
  const fix = "install it in the project: npm install --save-dev typescript@5";
  let found: Partial<typeof TS>;
  try {
    found = createRequire(join(folder, "package.json"))("typescript") as Partial<typeof TS>;
  } catch {
    throw new ProjectProblem({ where: folder, what: "This project has no TypeScript.", fix });
  }
  if (typeof found.createProgram !== "function" || typeof found.sys !== "object") {
    const what = `TypeScript ${found.version ?? ""} has no compiler API, which is needed to check the project twice.`;
    throw new ProjectProblem({ where: folder, what: what.replace("  ", " "), fix });
  }
  useTypeScript(found as typeof TS);
}
