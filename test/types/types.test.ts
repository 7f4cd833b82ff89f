import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";
import { memoryHost } from "../../scripts/lib/typescript.js";

test("what callers see compiles as written, and what must not compile does not", () => {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile).config,
    ts.sys,
    root,
  );
  const file = fileURLToPath(new URL("client.types.ts", import.meta.url));
  const program = ts.createProgram([file], options, memoryHost(options));
  const problems = [
    ...program.getOptionsDiagnostics(),
    ...program.getSyntacticDiagnostics(program.getSourceFile(file)),
    ...program.getSemanticDiagnostics(program.getSourceFile(file)),
  ];
  expect(
    ts.formatDiagnostics(problems, {
      getCanonicalFileName: (name) => name,
      getCurrentDirectory: () => root,
      getNewLine: () => "\n",
    }),
  ).toBe("");
});
