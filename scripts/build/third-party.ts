import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The licence texts of the packages that the bundled files come from. */
export function licencesOf(root: string, inputs: readonly string[]): string {
  const names = inputs.map((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]);
  const packages = [...new Set(names.filter((name) => name !== undefined))].sort();
  return packages.map((name) => licenceOf(root, name)).join("\n");
}

function licenceOf(root: string, name: string): string {
  const folder = join(root, "node_modules", name);
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no licence file to ship`);
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  return `== ${name} ${version}\n\n${readFileSync(join(folder, file), "utf8")}`;
}
