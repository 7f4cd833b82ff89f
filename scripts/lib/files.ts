import { existsSync, readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";

export type Texts = ReadonlyMap<string, string>;

/** Files of a folder and those below it, as paths from the root; hidden files left out. */
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

/** From one folder to a path, with forward slashes and a leading dot, as configuration files write it. */
export function relativePath(from: string, to: string): string {
  const path = relative(from, to).split(sep).join("/");
  return path.startsWith(".") ? path : `./${path}`;
}
