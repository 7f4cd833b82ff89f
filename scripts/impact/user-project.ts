import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { handWritten, leadingFiles } from "../diff/hand-written.js";
import { SHADOW, shadow, virtualProgram } from "../diff/virtual-program.js";
import type { Texts } from "../generate/format.js";
import { InputProblem } from "../generate/problem.js";

/** What of a user's project the compiler needs to know. */
export interface UserProject {
  readonly folder: string;
  readonly files: readonly string[];
  readonly options: ts.CompilerOptions;
}

/** Reads the project's tsconfig.json. */
export function readUserProject(folder: string): UserProject {
  const path = join(folder, "tsconfig.json");
  if (!existsSync(path)) {
    const mend = "give the folder that holds the tsconfig.json of your project.";
    throw new InputProblem({ where: path, what: "There is no such file.", mend });
  }
  const config = ts.readConfigFile(path, ts.sys.readFile);
  const { fileNames, options, errors } = ts.parseJsonConfigFileContent(config.config, ts.sys, folder);
  const [error] = [...(config.error ? [config.error] : []), ...errors];
  if (error !== undefined) {
    const what = ts.flattenDiagnosticMessageText(error.messageText, " ");
    throw new InputProblem({ where: path, what, mend: "correct the file, so that `npx tsc -p` accepts it." });
  }
  return { folder, files: fileNames, options: { ...options, noEmit: true, skipLibCheck: true } };
}

/** Entry points of the package that lead to the generated code. */
const ENTRIES = { "": "index", "/paths": "paths", "/workflows": "workflows/index" } as const;

/** The user's project on a client that exists in memory only, in place of the installed one. */
export function userProgram(project: UserProject, root: string, name: string, code: Texts): ts.Program {
  const { folder, extension } = handWritten(root);
  const files = shadow(root, name, new Map([...leadingFiles(root), ...code]));
  const { name: packageName } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { name: string };
  const place = (file: string) => join(root, `${folder}/${file}${extension}`);
  const packages = new Map(
    Object.entries(ENTRIES).map(([entry, file]) => [packageName + entry, place(`${SHADOW}${name}/${file}`)]),
  );
  packages.set(`${packageName}/testing`, place("testing/index"));
  return virtualProgram(root, files, project.files, { options: project.options, packages });
}
