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

test("Node's modules are imported in node-file.ts only", () => {
  expect(filesWith(/from "node:|import\("node:|require\(/)).toEqual(["images/node-file.ts"]);
});

test("node-file.ts is loaded when it is needed only, and by whom it concerns", () => {
  expect(filesWith(/^import .*node-file/m)).toEqual([]);
  expect(filesWith(/import\("\.\/node-file\.js"\)/).sort()).toEqual([
    "images/source.ts",
    "images/target.ts",
    "images/upload.ts",
  ]);
});

test("nothing asks the system for time or chance", () => {
  expect(filesWith(/Date\.now\(|performance\.now\(|Math\.random\(|[^.]setTimeout\(/)).toEqual([]);
});
