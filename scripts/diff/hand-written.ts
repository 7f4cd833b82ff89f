import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";

/** What the compiler reads of the hand-written code: sources in the repository, declarations in the published package. */
export interface HandWritten {
  readonly folder: "src" | "dist";
  readonly extension: ".ts" | ".d.ts";
}

export function handWritten(root: string): HandWritten {
  return existsSync(join(root, "src/index.ts"))
    ? { folder: "src", extension: ".ts" }
    : { folder: "dist", extension: ".d.ts" };
}

/** Where the package's name and its entry points lead. */
const ENTRIES = ["index", "client", "paths", "workflows/index"];

/** The files that lead from the package's name to the generated code, by their path from the root. */
export function leadingFiles(root: string): Map<string, string> {
  const { folder, extension } = handWritten(root);
  const texts = new Map<string, string>();
  const imports = new Map<string, readonly string[]>();
  const read = (path: string): void => {
    if (imports.has(path) || isGenerated(path) || !existsSync(join(root, path))) return;
    const text = readFileSync(join(root, path), "utf8");
    const names = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
    const own = names.filter((name) => name.startsWith("."));
    const found = own.map((name) => join(dirname(path), name.replace(/\.js$/, extension)));
    texts.set(path, text);
    imports.set(path, found);
    for (const next of found) read(next);
  };
  for (const name of ENTRIES) read(`${folder}/${name}${extension}`);
  const leading = new Set([...imports.keys()].filter((path) => (imports.get(path) ?? []).some(isGenerated)));
  // Whatever imports one that leads there leads there too, until no more are found.
  for (let size = -1; size !== leading.size; ) {
    size = leading.size;
    for (const [path, found] of imports) if (found.some((next) => leading.has(next))) leading.add(path);
  }
  return new Map([...leading].map((path) => [path, texts.get(path) ?? ""]));
}

function isGenerated(path: string): boolean {
  return path.split("/")[1] === "generated";
}
