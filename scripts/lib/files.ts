import { existsSync, readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";

export type Texts = ReadonlyMap<string, string>;

/** The files in a folder and below it, as paths from the root, without hidden files. */
export function filesBelow(root: string, folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith("."))
    .flatMap((entry) => {
      const name = `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(root, name) : [name];
    })
    .sort();
}

/** The relative path from a folder, with forward slashes and a leading dot, for configuration files. */
export function relativePath(from: string, to: string): string {
  const path = relative(from, to).split(sep).join("/");
  return path.startsWith(".") ? path : `./${path}`;
}
