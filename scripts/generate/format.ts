import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runPackage } from "../lib/run.js";

/** The project's format; a configuration of its own, because the project's leaves generated files out. */
const CONFIGURATION = {
  root: true,
  files: { maxSize: 20_000_000 },
  formatter: { indentStyle: "space", indentWidth: 2, lineWidth: 120 },
};

export type Texts = ReadonlyMap<string, string>;

/** The given TypeScript files as Biome formats them; one run for all, in a folder that may be thrown away. */
export async function formatCode(files: Texts, folder: string): Promise<Map<string, string>> {
  const root = join(folder, "format");
  const place = (name: string) => join(root, name);
  mkdirSync(root, { recursive: true });
  writeFileSync(place("biome.json"), JSON.stringify(CONFIGURATION));
  for (const [name, text] of files) {
    mkdirSync(dirname(place(name)), { recursive: true });
    writeFileSync(place(name), text);
  }
  const { code, stderr, stdout } = await runPackage("@biomejs/biome", ["format", "--write", "."], root);
  if (code !== 0) throw new Error(`Generated code cannot be formatted, so it is not valid: ${stderr || stdout}`);
  return new Map([...files.keys()].map((name) => [name, readFileSync(place(name), "utf8")]));
}
