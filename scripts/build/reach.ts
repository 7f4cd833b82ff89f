import { existsSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import ts from "typescript";

/** The modules of the package that the entries lead to, as paths from its root. `extension` is that of the files: `.js` or `.d.ts`. */
export function reachedFrom(root: string, entries: readonly string[], extension: ".js" | ".d.ts"): Set<string> {
  const reached = new Set<string>();
  const waiting = entries.filter((entry) => existsSync(join(root, entry)));
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), "utf8"));
    for (const { fileName } of importedFiles) {
      if (!fileName.startsWith(".")) continue;
      waiting.push(posix.join(dirname(file), fileName.replace(/\.js$/, extension)));
    }
  }
  return reached;
}
