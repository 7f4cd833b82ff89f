import { join } from "node:path";
import ts from "typescript";
import { relativePath } from "./relative-path.js";

/**
 * `paths` of a tsconfig by which a copy of the sources elsewhere finds the packages that the project has installed.
 * Each import is resolved here to its declaration file: a mapping to the package's folder would not follow `exports`.
 */
export function packagePaths(
  sources: ReadonlyMap<string, string>,
  root: string,
  from: string,
): Record<string, string[]> {
  const options: ts.CompilerOptions = { module: ts.ModuleKind.NodeNext };
  const importer = join(root, "src/index.ts");
  const paths = packageImports(sources).flatMap((name): [string, string[]][] => {
    const { resolvedModule } = ts.resolveModuleName(
      name,
      importer,
      options,
      ts.sys,
      undefined,
      undefined,
      ts.ModuleKind.ESNext,
    );
    const file = resolvedModule?.resolvedFileName;
    return file === undefined ? [] : [[name, [relativePath(from, file)]]];
  });
  return Object.fromEntries(paths);
}

function packageImports(sources: ReadonlyMap<string, string>): string[] {
  const names = [...sources]
    .filter(([path]) => path.endsWith(".ts"))
    .flatMap(([, text]) => ts.preProcessFile(text).importedFiles.map(({ fileName }) => fileName));
  return [...new Set(names)].filter((name) => !name.startsWith(".") && !name.startsWith("node:")).sort();
}
