import { existsSync } from "node:fs";
import { join } from "node:path";
import type { UserProgram } from "../../packages/devtools/src/impact/breaks.js";
import { SHADOW } from "../../packages/devtools/src/impact/cause.js";
import type { UserProject } from "../../packages/devtools/src/impact/user-projects.js";
import type { Texts } from "../lib/files.js";
import { readPackage } from "../lib/package.js";
import { handWritten, shadow, virtualProgram } from "./compiler.js";

/** Entry points of the package that lead to the generated code. */
const ENTRIES = { "": "index", "/paths": "paths", "/workflows": "workflows" } as const;

/** Entry points that have nothing generated in them. */
const OTHERS = ["otel", "node"];

/** `code` is the generated code with all that leads to it. */
export function userProgram(project: UserProject, root: string, name: string, code: Texts): UserProgram {
  const { folder, extension } = handWritten(root);
  const files = shadow(root, name, code);
  const packageName = readPackage(root).name;
  const place = (file: string) => join(root, `${folder}/${file}${extension}`);
  const packages = new Map(
    Object.entries(ENTRIES).map(([entry, file]) => [packageName + entry, place(`${SHADOW}${name}/${file}`)]),
  );
  for (const file of OTHERS) {
    if (existsSync(place(file))) packages.set(`${packageName}/${file.replace("/index", "")}`, place(file));
  }
  const importers = new Set<string>();
  const program = virtualProgram(root, files, project.files, {
    options: project.options,
    references: project.references,
    packages,
    onPackage: (importer) => importers.add(importer),
  });
  const isOurs = (path: string) => path.startsWith(`${join(root, folder)}/`);
  const sources = program
    .getSourceFiles()
    .filter(
      (file) => !file.isDeclarationFile && !isOurs(file.fileName) && !program.isSourceFileFromExternalLibrary(file),
    );
  return { program, sources, importers: [...importers].filter((path) => !isOurs(path)) };
}
