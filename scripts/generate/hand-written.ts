import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type ts from "typescript";
import { filesBelow } from "./files.js";
import { GENERATED_FOLDER } from "./outputs.js";
import { loadCompiler } from "./print-schema.js";
import { count } from "./report.js";

/** One line for each hand-written source that does not compile with the generated code as it is on the disk. */
export async function misfits(root: string): Promise<string[]> {
  const files = filesBelow(root, "src").filter(
    (name) => name.endsWith(".ts") && !name.startsWith(`${GENERATED_FOLDER}/`),
  );
  // Loading the types of the platform takes seconds, so not where nothing can be wrong.
  if (!files.some((name) => usesGenerated(join(root, name)))) return [];
  const [, { default: compiler }] = await loadCompiler();
  const paths = files.map((name) => join(root, name));
  const program = compiler.createProgram(paths, optionsOf(compiler, root));
  return files.flatMap((name, index) => {
    const file = program.getSourceFile(paths[index] ?? "");
    if (file === undefined) return [];
    const errors = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    return errors.length === 0 ? [] : [describe(compiler, name, file, errors)];
  });
}

function usesGenerated(path: string): boolean {
  return /from "[^"]*\/generated\//.test(readFileSync(path, "utf8"));
}

function optionsOf(compiler: typeof ts, root: string): ts.CompilerOptions {
  const path = join(root, "tsconfig.json");
  const config: unknown = existsSync(path) ? compiler.readConfigFile(path, compiler.sys.readFile).config : {};
  const { options } = compiler.parseJsonConfigFileContent({ ...Object(config), files: [] }, compiler.sys, root);
  return { ...options, noEmit: true, skipLibCheck: true };
}

function describe(compiler: typeof ts, name: string, file: ts.SourceFile, errors: readonly ts.Diagnostic[]): string {
  const [first] = errors;
  const line = first?.start === undefined ? 1 : file.getLineAndCharacterOfPosition(first.start).line + 1;
  const reason = compiler.flattenDiagnosticMessageText(first?.messageText, " ").replace(/\s+/g, " ");
  return `${name}:${line} no longer fits the description (${count(errors.length, "error")}): ${reason}`;
}

/** What is to be done about them. */
export function misfitLines(found: readonly string[]): string[] {
  if (found.length === 0) return [];
  return [
    ...found,
    `${count(found.length, "hand-written file")} to correct by hand; the generated code is complete and stays as it is.`,
  ];
}
