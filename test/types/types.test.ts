import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

test("what callers see compiles as written, and what must not compile does not", () => {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile).config,
    ts.sys,
    root,
  );
  const file = fileURLToPath(new URL("client.types.ts", import.meta.url));
  const problems = ts.getPreEmitDiagnostics(ts.createProgram([file], options));
  expect(
    ts.formatDiagnostics(problems, {
      getCanonicalFileName: (name) => name,
      getCurrentDirectory: () => root,
      getNewLine: () => "\n",
    }),
  ).toBe("");
});
