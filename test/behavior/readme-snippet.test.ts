import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
// The example is itself a test: importing it adds that test to this file.
import "../../examples/simulator.test-example.js";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

/** The example as a user of the packages would write it. */
const example = read("examples/simulator.test-example.ts")
  .replace('"../src/index.js"', '"sfc-preview-sdk"')
  .replace('"../packages/devtools/src/index.js"', '"sfc-preview-devtools"');

test("a user's test with the simulator takes fewer than 20 lines", () => {
  expect(example).not.toContain("../");
  expect(example.trimEnd().split("\n").length).toBeLessThan(20);
});

test("the guide shows exactly this example as a user's test", () => {
  const programs = [...read("docs/testing.md").matchAll(/```ts\n([\s\S]*?)```/g)].map(([, program]) => program ?? "");
  expect(programs.filter((text) => text.includes('from "vitest"'))).toEqual([example]);
});
