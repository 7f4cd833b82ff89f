import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";
import { memoryHost } from "../../scripts/lib/typescript.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile).config,
  ts.sys,
  root,
);

/** The compiler errors in these files, without those in other files. */
function problemsIn(files: readonly string[], compilerOptions: ts.CompilerOptions): string {
  const program = ts.createProgram(files, compilerOptions, memoryHost(compilerOptions));
  const sources = files.map((file) => program.getSourceFile(file));
  const problems = [
    ...program.getOptionsDiagnostics(),
    ...sources.flatMap((source) => program.getSyntacticDiagnostics(source)),
    ...sources.flatMap((source) => program.getSemanticDiagnostics(source)),
  ];
  return ts.formatDiagnostics(problems, {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => root,
    getNewLine: () => "\n",
  });
}

test("valid uses of the public types compile, and invalid uses do not", () => {
  expect(problemsIn([fileURLToPath(new URL("client.types.ts", import.meta.url))], options)).toBe("");
});

test("the option types of the devtools accept undefined for what may be absent", () => {
  expect(problemsIn([fileURLToPath(new URL("devtools.types.ts", import.meta.url))], options)).toBe("");
});

test("a server's program compiles with the types of Node alone, without those of the DOM", () => {
  const consumer = fileURLToPath(new URL("../package/consumer/program.ts", import.meta.url));
  const paths = {
    "sfc-preview-sdk": [`${root}src/index.ts`],
    "sfc-preview-sdk/*": [`${root}src/*.ts`, `${root}src/*/index.ts`],
  };
  expect(problemsIn([consumer], { ...options, lib: ["lib.es2023.d.ts"], types: ["node"], paths })).toBe("");
});
