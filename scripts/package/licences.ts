import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { filesBelow } from "../generate/files.js";

/** What the licence texts beside the bundles lack. Asks the sources what goes in, not the bundler that wrote the list. */
export function licenceFaults(root: string, folder: string): string[] {
  const file = join(folder, "dist/testing/THIRD-PARTY-LICENSES.txt");
  if (!existsSync(file)) return ["the package holds no licence texts of what is bundled"];
  const texts = new Map(
    readFileSync(file, "utf8")
      .split(/^== /m)
      .slice(1)
      .map((part) => [part.split(" ")[0] ?? "", part]),
  );
  return [
    ...bundledPackages(root)
      .filter((name) => !texts.has(name))
      .map((name) => `${name}: bundled without its licence`),
    ...[...texts].filter(([, text]) => !/copyright/i.test(text)).map(([name]) => `${name}: no copyright notice`),
  ];
}

/** Packages that the servers for tests import, and their own dependencies that they cannot run without. */
function bundledPackages(root: string): string[] {
  const imports = filesBelow(root, "src/testing").flatMap((path) =>
    ts.preProcessFile(readFileSync(join(root, path), "utf8")).importedFiles.map(({ fileName }) => fileName),
  );
  const outside = imports.filter((name) => !name.startsWith(".") && !name.startsWith("node:"));
  return [...new Set(outside.map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name))].sort();
}
