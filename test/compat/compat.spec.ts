/**
 * Checks where the packed tarball works: `npm run compat`, or `npm run compat -- -t Bun` for the tests with this word in their names. A runtime that cannot be
 * installed fails with the reason. The first run requires the npm registry.
 */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { execute } from "../../scripts/lib/run.js";
import { downloaded } from "../support/downloaded.js";
import { makeProjects, type Projects, type Run, runChecks, runReadme } from "./projects.js";
import { runtimes } from "./runtimes.js";

const { checks } = (await import(new URL("program.mjs", import.meta.url).href)) as { checks: object };

let projects: Projects;
beforeAll(async () => {
  projects = await makeProjects(mkdtempSync(join(tmpdir(), "compat-")));
});

describe.each(runtimes.map((runtime) => [runtime.name, runtime] as const))("%s", (_, { find, run: runIn }) => {
  let run: Run;
  const results = new Map<string, string>();
  beforeAll(async () => {
    const command = await find();
    run = (program, session) => runIn(command, program, session);
    for (const { check, failure } of await runChecks(projects.checks, run)) results.set(check, failure ?? "passed");
  });

  // A check without a result has not passed.
  test.each(Object.keys(checks))("%s", (check) => expect(results.get(check)).toBe("passed"));

  test("the program of the README", async () => expect(await runReadme(projects.readme, run)).toBeUndefined());
});

/** The strictest options of a consumer. `types: []`, because a web page has no types of Node. */
const strictest = {
  target: "es2022",
  lib: ["es2022", "dom", "dom.iterable"],
  types: [],
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  noEmit: true,
};

describe.each(["5.5", "5.6", "5.7", "5.8", "5.9", "6.0", "7.0"])("TypeScript %s", (version) => {
  // The module resolutions of consumers, each with its `module` option, including the declarations of the dependencies.
  test.each([
    ["bundler", "esnext"],
    ["node16", "node16"],
    ["nodenext", "nodenext"],
  ])("%s", async (moduleResolution, module) => {
    const { folder } = projects.checks;
    const compilerOptions = { ...strictest, module, moduleResolution };
    const config = { compilerOptions, files: ["types.ts", "every-entry.ts"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    await execute(await downloaded(`typescript@${version}`, "tsc"), ["-p", "tsconfig.json"], { cwd: folder });
  });
});
