import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { isInterrupted } from "../lib/commit.js";
import { filesBelow, relativePath, type Texts } from "../lib/files.js";
import { type JsonObject, objectAt, printJson, readJson } from "../lib/json.js";
import { readPackage } from "../lib/package.js";
import { InputProblem, tolerate } from "../lib/problem.js";
import { runPackage } from "../lib/run.js";
import { count } from "../lib/text.js";
import { loadCompiler } from "../lib/typescript.js";
import { GENERATED_FOLDER } from "./print.js";

/** A field of `package.json` that identifies a copy. */
const MARK = "sfcPreviewSdkCopy";

/** Throws an error when a copy may not be written to the folder. */
export function refuseFolder(asked: string, folder: string, root: string): void {
  const inside = relative(join(root, "src"), folder);
  if (inside === "" || (!inside.startsWith("..") && resolve(inside) !== inside)) {
    throw notThere(asked, "it lies inside src, where it would become part of the project");
  }
  if (!existsSync(folder)) return;
  if (!statSync(folder).isDirectory()) throw notThere(asked, "it is a file");
  // A run that was killed leaves its work folder.
  const others = readdirSync(folder).filter((name) => name !== ".tmp");
  if (others.length > 0 && !isCopy(folder) && !isInterrupted(folder)) {
    throw notThere(asked, "it holds other files already");
  }
}

function isCopy(folder: string): boolean {
  return tolerate(() => readJson<JsonObject>(join(folder, "package.json"))[MARK]) === true;
}

function notThere(asked: string, reason: string): InputProblem {
  const fix = "give a new or empty folder, or one that this command has written before.";
  return new InputProblem({ where: `--out ${asked}`, what: `Cannot write the copy there: ${reason}.`, fix });
}

/** The outputs plus everything for a complete package: the hand-written sources, a package.json and a tsconfig. */
export function standaloneOutputs(outputs: Texts, root: string, folder: string): Texts {
  const sources = new Map([...handWrittenSources(root), ...outputs]);
  return new Map([
    ...sources,
    ["package.json", printJson(manifest(root))],
    ["tsconfig.json", printJson(tsconfig(root, folder, packagePaths(sources, root, folder)))],
  ]);
}

function manifest(root: string): unknown {
  const { name, dependencies } = readPackage(root);
  const description = "Written by npm run generate -- --out; run it again to renew this folder.";
  return { name: `${name}-copy`, private: true, type: "module", description, dependencies, [MARK]: true };
}

/** The project's compiler options, with packages resolved from the project. */
function tsconfig(root: string, folder: string, paths: Record<string, string[]>): unknown {
  const { compilerOptions } = readJson<{ compilerOptions: JsonObject }>(join(root, "tsconfig.json"));
  return {
    compilerOptions: {
      ...compilerOptions,
      noEmit: true,
      // The project's own paths come last, because its packages are part of the copy.
      paths: { ...paths, ...objectAt(compilerOptions, "paths") },
      typeRoots: [relativePath(folder, join(root, "node_modules/@types"))],
    },
    include: HAND_WRITTEN_FOLDERS,
  };
}

/**
 * The `paths` of a tsconfig with which a copy of the sources in another folder finds the packages of the project.
 * Each import is resolved to its declaration file here, because a mapping to the package's folder would not follow `exports`.
 */
function packagePaths(sources: Texts, root: string, from: string): Record<string, string[]> {
  const { ModuleKind, ModuleResolutionKind, preProcessFile, resolveModuleName, sys } = loadCompiler();
  const options = { module: ModuleKind.ESNext, moduleResolution: ModuleResolutionKind.Bundler };
  const code = [...sources].filter(([path]) => path.endsWith(".ts"));
  const names = code.flatMap(([, text]) => preProcessFile(text).importedFiles.map(({ fileName }) => fileName));
  const packages = [...new Set(names)].filter((name) => !name.startsWith(".")).sort();
  const paths = packages.flatMap((name): [string, string[]][] => {
    // Modules of Node itself have no file.
    const found = resolveModuleName(name, join(root, "src/index.ts"), options, sys).resolvedModule;
    return found === undefined ? [] : [[name, [relativePath(from, found.resolvedFileName)]]];
  });
  return Object.fromEntries(paths);
}

/** The folders of hand-written code that depends on the description: the client, and the tools that use its types. */
const HAND_WRITTEN_FOLDERS = ["src", "packages/devtools/src"];

/** The texts of those files, by path from the root. */
export function handWrittenSources(root: string, folders: readonly string[] = HAND_WRITTEN_FOLDERS): Texts {
  const files = folders.flatMap((folder) => filesBelow(root, folder));
  const handWritten = files.filter((name) => !name.startsWith(`${GENERATED_FOLDER}/`));
  return new Map(handWritten.map((name) => [name, readFileSync(join(root, name), "utf8")]));
}

/** One line for each hand-written source that does not compile with the generated code on the disk, and what to do. */
export async function findMisfits(root: string, scratch: string): Promise<string[]> {
  const sources = [...handWrittenSources(root)];
  // A folder without the client has no code to check, and no compiler options.
  if (!sources.some(([, text]) => /from "[^"]*\/generated\//.test(text))) return [];
  const config = join(scratch, "tsconfig.json");
  const include = HAND_WRITTEN_FOLDERS.map((folder) => join(root, folder));
  writeFileSync(config, printJson({ extends: join(root, "tsconfig.json"), include, exclude: [] }));
  const { exitCode, stdout, all } = await runPackage("typescript-native", ["-p", config, "--pretty", "false"], root);
  // One error per line: `src/client.ts(3,14): error TS2345: …`, with further lines indented.
  const errors = [...stdout.matchAll(/^(\S.*?)\((\d+),\d+\): error \w+: (.*(?:\n .*)*)/gm)];
  const found = sources.flatMap(([name]) => {
    const [first, ...others] = errors.filter(([, file]) => file === name);
    if (first === undefined) return [];
    const [, , line, reason = ""] = first;
    const what = `no longer fits the description (${count(others.length + 1, "error")})`;
    return [`${name}:${line} ${what}: ${reason.replace(/\s+/g, " ")}`];
  });
  // The error is not thrown, because the files are already written.
  if (found.length === 0) return exitCode === 0 ? [] : [`The TypeScript compiler failed: ${all.trim()}`];
  const advice = "to correct by hand; the generated code is complete and stays as it is.";
  return [...found, `${count(found.length, "hand-written file")} ${advice}`];
}
