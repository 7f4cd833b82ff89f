import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { allOperations, resourceOf } from "./descriptors.js";

const resources = [...new Set(allOperations.map(resourceOf))];

test("the suite is made for the 75 operations of the description", () => {
  expect(allOperations).toHaveLength(75);
});

/*
 * Vitest runs each file in a process of its own, so no test can see all calls. Each file ends by checking that it has called every operation of
 * the resource that it covers; this one checks that there is such a file for every resource that has operations.
 */
describe.each(resources)("%s", (resource) => {
  test("has a file that promises to call all of its operations", () => {
    const file = new URL(`${kebab(resource)}.test.ts`, import.meta.url);
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file, "utf8")).toContain(`useWorld({ covers: "${resource}" })`);
  });
});

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
