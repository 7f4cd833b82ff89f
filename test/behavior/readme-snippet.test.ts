import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
// The example is a test itself: importing it makes it one of this file.
import "../../examples/simulator.test-example.js";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

/** The example as a user of the packages writes it. */
const example = read("examples/simulator.test-example.ts")
  .replace('"../src/index.js"', '"sfc-preview-sdk"')
  .replace('"../packages/devtools/src/index.js"', '"sfc-preview-devtools"');

test("a user's own test with the simulator takes under 20 lines", () => {
  expect(example).not.toContain("../");
  expect(example.trimEnd().split("\n").length).toBeLessThan(20);
});

test("the guide shows this one as a test of the user's own, and no other", () => {
  const programs = [...read("docs/testing.md").matchAll(/```ts\n([\s\S]*?)```/g)].map(([, program]) => program ?? "");
  expect(programs.filter((text) => text.includes('from "vitest"'))).toEqual([example]);
});
