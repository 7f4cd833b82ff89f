import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { filesBelow } from "../lib/files.js";

/** What the licence texts beside the bundles lack. Asks the sources what goes in, not the bundler that wrote the list. */
export function licenceFaults(root: string, folder: string): string[] {
  const file = join(folder, "dist/testing/THIRD-PARTY-LICENSES.txt");
  const listed = existsSync(file) ? readFileSync(file, "utf8") : "";
  const texts = new Map(
    listed
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

/** Packages that the sources import, but for peers: those are never part of a bundle. */
function bundledPackages(root: string): string[] {
  const imports = filesBelow(root, "src").flatMap((path) =>
    ts.preProcessFile(readFileSync(join(root, path), "utf8")).importedFiles.map(({ fileName }) => fileName),
  );
  const outside = imports.filter((name) => !name.startsWith(".") && !name.startsWith("node:"));
  const names = new Set(outside.map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name));
  const { peerDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    peerDependencies: object;
  };
  return [...names].filter((name) => !Object.hasOwn(peerDependencies, name)).sort();
}
