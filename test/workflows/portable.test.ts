import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../src/workflows/", import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));

function filesWith(pattern: RegExp): string[] {
  return files
    .filter((file) => pattern.test(readFileSync(join(root, file), "utf8")))
    .map((file) => file.replaceAll("\\", "/"));
}

test("only node-*.ts import modules of Node", () => {
  const importing = filesWith(/from "node:|import\("node:|require\(/);
  expect(importing.filter((file) => !file.startsWith("node-"))).toEqual([]);
});

test("node-*.ts are loaded only on demand, and only by image transfers", () => {
  const importing = filesWith(/^import .*\/node-/m);
  expect(importing.filter((file) => !file.startsWith("node-"))).toEqual([]);
  expect(filesWith(/import\("\.\/node-.*\.js"\)/).sort()).toEqual(["download.ts", "upload-source.ts", "upload.ts"]);
});

test("no workflow reads the system's clock or random values", () => {
  expect(filesWith(/Date\.now\(|performance\.now\(|Math\.random\(|[^.]setTimeout\(/)).toEqual([]);
});
