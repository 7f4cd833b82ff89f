import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { isObject, objectAt, printJson } from "../lib/json.js";
import { InputProblem } from "../lib/problem.js";
import { isInterrupted } from "./commit.js";
import { filesBelow } from "./files.js";
import type { Texts } from "./format.js";
import { GENERATED_FOLDER } from "./outputs.js";
import { relativePath } from "./relative-path.js";

/** A field of `package.json` by which a copy is known again. */
const MARK = "sfcPreviewSdkCopy";

/** Stops when the folder is not one that a copy may be written to. */
export function refuseFolder(asked: string, folder: string, root: string): void {
  const inside = relative(join(root, "src"), folder);
  if (inside === "" || (!inside.startsWith("..") && resolve(inside) !== inside)) {
    throw notThere(asked, "it lies inside src, where it would become part of the project");
  }
  if (!existsSync(folder)) return;
  if (!statSync(folder).isDirectory()) throw notThere(asked, "it is a file");
  // A run that was killed before it could finish leaves its own folder behind.
  const others = readdirSync(folder).filter((name) => name !== ".tmp");
  if (others.length > 0 && !isCopy(folder) && !isInterrupted(folder)) {
    throw notThere(asked, "it holds other files already");
  }
}

function isCopy(folder: string): boolean {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return isObject(manifest) && manifest[MARK] === true;
  } catch {
    return false;
  }
}

function notThere(asked: string, reason: string): InputProblem {
  const mend = "give a new or empty folder, or one that this command has written before.";
  return new InputProblem({ where: `--out ${asked}`, what: `Cannot write the copy there: ${reason}.`, mend });
}

/** The outputs with all that makes them stand by themselves: the hand-written sources, a manifest, a tsconfig. */
export async function standaloneOutputs(outputs: Texts, root: string, folder: string): Promise<Texts> {
  const { packagePaths } = await import("./package-paths.js");
  const handWritten = filesBelow(root, "src").filter((name) => !name.startsWith(`${GENERATED_FOLDER}/`));
  const sources = new Map([
    ...handWritten.map((name) => [name, readFileSync(join(root, name), "utf8")] as const),
    ...outputs,
  ]);
  return new Map([
    ...sources,
    ["package.json", printJson(manifest(root))],
    ["tsconfig.json", printJson(tsconfig(root, folder, packagePaths(sources, root, folder)))],
  ]);
}

function manifest(root: string): unknown {
  const own: unknown = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return {
    name: `${(isObject(own) && own.name) || "client"}-copy`,
    private: true,
    type: "module",
    description: "Written by npm run generate -- --out; run it again to renew this folder.",
    dependencies: objectAt(own, "dependencies"),
    [MARK]: true,
  };
}

/** The project's compiler options; packages are found where the project has them. */
function tsconfig(root: string, folder: string, paths: Record<string, string[]>): unknown {
  const own: unknown = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8"));
  return {
    compilerOptions: {
      ...objectAt(own, "compilerOptions"),
      noEmit: true,
      paths,
      typeRoots: [relativePath(folder, join(root, "node_modules/@types"))],
    },
    include: ["src"],
  };
}
