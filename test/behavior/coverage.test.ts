import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { allOperations, resourceOf } from "./descriptors.js";

const here = (path: string) => new URL(path, import.meta.url);
const read = (path: string) => readFileSync(here(path), "utf8");
const suites = readdirSync(here(".")).filter((name) => name.endsWith(".test.ts") && name !== "coverage.test.ts");
const imports = suites.map((name) => read(name)).join("\n");

test("the description has the 75 operations that the suite covers", () => {
  expect(allOperations).toHaveLength(75);
});

/*
 * Vitest runs each suite in its own process, so no single test can see all calls. Each file of a resource ends with a check that every operation of
 * that resource has succeeded. These tests check that every resource with operations has such a file, and that a suite runs it.
 */
describe.each([...new Set(allOperations.map(resourceOf))])("%s", (resource) => {
  const file = `resources/${kebab(resource)}.ts`;

  test("has a file that covers all of its operations", () => {
    expect(existsSync(here(file))).toBe(true);
    expect(read(file)).toContain(`useWorld({ covers: "${resource}" })`);
  });

  test("is part of a suite", () => {
    expect(imports).toContain(`import "./${file.replace(/\.ts$/, ".js")}";`);
  });
});

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
