import { join } from "node:path";
import { errorsOf, virtualProgram } from "../../scripts/spec/compiler.js";
import { ROOT } from "../mutations/base.js";

/** Type errors of some files of a client that was written to a folder, and of its generated code. */
export function errorsInFolder(folder: string, names: readonly string[]): string[] {
  const paths = names.map((name) => join(folder, name));
  const program = virtualProgram(ROOT, new Map(), paths);
  const generated = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(join(folder, "generated/")));
  return errorsOf(program, [...paths, ...generated.map(({ fileName }) => fileName)]);
}
