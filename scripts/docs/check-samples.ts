import { join, relative } from "node:path";
import ts from "typescript";
import { memoryHost } from "../lib/typescript.js";

/** Type-checks programs that exist only in memory, with the strict options of the project. Returns one line per error. */
export function complaints(root: string, programs: ReadonlyMap<string, string>): string[] {
  const folder = join(root, "samples");
  const files = new Map([...programs].map(([name, code]) => [join(folder, `${name}.ts`), code]));
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts", "lib.dom.asynciterable.d.ts"],
    types: ["node"],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true,
    paths: {
      "sfc-preview-sdk": [join(root, "src/index.ts")],
      "sfc-preview-devtools": [join(root, "packages/devtools/src/index.ts")],
      "sfc-preview-devtools/drift": [join(root, "packages/devtools/src/drift.ts")],
      "sfc-preview-sdk/*": [join(root, "src/*.ts"), join(root, "src/*/index.ts")],
    },
  };
  const program = ts.createProgram([...files.keys()], options, memoryHost(options, files));
  return [...files.keys()].flatMap((file) => {
    const source = program.getSourceFile(file);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map((diagnostic) => `${relative(folder, file).slice(0, -".ts".length)}:${describe(diagnostic)}`);
  });
}

function describe({ file, start = 0, messageText }: ts.Diagnostic): string {
  const line = file ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
  return `${line}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
}
