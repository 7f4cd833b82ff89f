import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { filesBelow } from "../generate/files.js";

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

/** The files that lead from the package's name to the generated code, by their path from the root. */
export function leadingFiles(root: string): Map<string, string> {
  const { folder, extension } = handWritten(root);
  const entries = ["index", "client", "paths", "paths/types"].map((name) => `${folder}/${name}${extension}`);
  const workflows = filesBelow(root, `${folder}/workflows`).filter((path) => path.endsWith(extension));
  return new Map([...entries, ...workflows].map((path) => [path, readFileSync(join(root, path), "utf8")]));
}
