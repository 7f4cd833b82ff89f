import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";
import { findMisfits } from "../../scripts/generate/standalone.js";
import { memoryHost } from "../../scripts/lib/typescript.js";
import { isLong } from "../support/long.js";
import { createProject, fixture, REPOSITORY, run, temporaryFolder } from "./project.js";

const STANDS_BY_ITSELF = /stands by itself in .*copy; check it with: npx tsc --noEmit -p .*copy\n$/;

/** The errors of `tsc --noEmit -p FOLDER`, without those in hand-written files, which the command has type-checked itself. */
function typeCheck(folder: string): string[] {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(folder, "tsconfig.json"),
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
        throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"));
      },
    },
  );
  if (config === undefined) throw new Error(`no tsconfig in ${folder}`);
  const program = ts.createProgram(config.fileNames, config.options, memoryHost(config.options));
  const generated = program.getSourceFiles().filter(({ fileName }) => fileName.includes("/generated/"));
  return [
    ...config.errors,
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...program.getSyntacticDiagnostics(),
    ...generated.flatMap((file) => program.getSemanticDiagnostics(file)),
  ].map(
    ({ file, messageText }) =>
      `${file && relative(folder, file.fileName)} ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
  );
}

// Only the long run does this, because compiling the whole client takes a tenth of the time of all other tests. `vendor-changes.test.ts` writes a whole copy too.
if (isLong) {
  it("writes a copy of the whole client that type-checks, and does not change the project", {
    timeout: 180_000,
  }, async () => {
    const folder = join(temporaryFolder(), "copy");
    const { code, stdout } = await run({ root: REPOSITORY }, ["--out", folder]);
    expect(code).toBe(0);
    expect(stdout).toMatch(STANDS_BY_ITSELF);
    expect(typeCheck(folder)).toEqual([]);
    expect(readFileSync(join(folder, "src/generated/schema.ts"), "utf8")).toBe(
      readFileSync(join(REPOSITORY, "src/generated/schema.ts"), "utf8"),
    );
  });
}

it("updates a copy that it has made, and checks one without writing", async () => {
  const project = createProject({ spec: fixture("things.yaml"), sdk: fixture("things.sdk.yaml") });
  const before = project.snapshot();
  const first = await run(project, ["--out", "copy"]);
  expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(STANDS_BY_ITSELF) });
  expect(await run(project, ["--out", "copy", "--check"])).toMatchObject({ code: 0, stderr: "" });
  project.write("copy/src/generated/types.ts", "// edited");
  expect(await run(project, ["--out", "copy", "--check"])).toMatchObject({ code: 1 });
  expect((await run(project, ["--out", "copy"])).stdout).toContain("1 file written");
  expect(project.snapshot()).toEqual(before);
});

it("reports a compiler failure instead of no errors", async () => {
  const project = createProject({ spec: fixture("things.yaml") });
  project.write("src/client.ts", 'import type { Thing } from "./generated/types.js";\nexport type { Thing };\n');
  project.write("src/generated/types.ts", "export interface Thing {}");
  project.write("tsconfig.json", '{ "compilerOptions": { "target": "es1" } }');
  const lines = await findMisfits(project.root, temporaryFolder());
  expect(lines).toEqual([expect.stringMatching(/^The TypeScript compiler failed: .*--target/)]);
});
