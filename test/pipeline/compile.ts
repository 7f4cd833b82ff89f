import { join } from "node:path";
import ts from "typescript";
import { filesBelow } from "../../scripts/lib/files.js";
import { memoryHost } from "../../scripts/lib/typescript.js";
import { REPOSITORY } from "./project.js";

/** The compiler errors in all sources of a project, with the project's strict options. Empty when they type-check. */
export function typeErrors(root: string): string[] {
  const config = ts.readConfigFile(join(REPOSITORY, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.config.compilerOptions, root);
  const typeRoots = [join(REPOSITORY, "node_modules/@types")];
  const files = filesBelow(root, "src").filter((name) => name.endsWith(".ts"));
  const own = { ...options, typeRoots, noEmit: true };
  const program = ts.createProgram(
    files.map((name) => join(root, name)),
    own,
    memoryHost(own),
  );
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => describe(diagnostic, root));
}

function describe({ file, start, messageText }: ts.Diagnostic, root: string): string {
  const message = ts.flattenDiagnosticMessageText(messageText, "\n").split("\n")[0];
  if (file === undefined || start === undefined) return String(message);
  const { line } = file.getLineAndCharacterOfPosition(start);
  return `${file.fileName.replace(`${root}/`, "")}:${line + 1} ${message}`;
}
