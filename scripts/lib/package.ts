import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { readJson } from "./json.js";

/** The project's folder. */
export const root = resolve(fileURLToPath(new URL("../../", import.meta.url)));

/** The fields of a package.json that the scripts use. */
export interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly exports?: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly bin?: string | Readonly<Record<string, string>>;
  readonly files?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export function readPackage(folder: string): PackageJson {
  return readJson<PackageJson>(join(folder, "package.json"));
}

/** The entry points in the exports of package.json: `paths` for `dist/paths.js` and `dist/paths.d.ts`. */
export function readEntries(folder: string): string[] {
  const targets = Object.values(readPackage(folder).exports ?? {}).filter((target) => typeof target !== "string");
  return targets.map(({ types }) => types.replace(/^\.\/dist\/(.+)\.d\.ts$/, "$1"));
}
