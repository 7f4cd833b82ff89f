import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const text = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");

/** The last cell of each row of the table under a heading. */
function readAnswers(heading: string): string[] {
  const section = text.split(/^## /m).find((part) => part.startsWith(heading)) ?? "";
  return section.match(/^\|.*\|$/gm)?.slice(2) ?? [];
}

test("every function in the table of places is in the file that it names", () => {
  const rows = readAnswers("Where is …");
  expect(rows.length).toBeGreaterThan(20);
  const missing = rows.flatMap((row) => {
    let code = "";
    return [...(row.split("|").at(-2) ?? "").matchAll(/`([^`*]+)`/g)].flatMap(([, name = ""]) => {
      const path = join(root, name);
      if (name.includes("/")) {
        code = existsSync(path) && /\.\w+$/.test(name) ? readFileSync(path, "utf8") : "";
        return existsSync(path) ? [] : [name];
      }
      return /\.\w+$/.test(name) || new RegExp(`\\b${name}\\b`).test(code) ? [] : [`${name} in: ${row}`];
    });
  });
  expect(missing).toEqual([]);
});
