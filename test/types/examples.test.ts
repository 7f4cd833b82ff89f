import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { complaints } from "../../scripts/docs/check-samples.js";
import * as operations from "../../src/generated/operations.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const resources = new URL("../../src/generated/resources/", import.meta.url);

/** The code of each `@example`, in the form that an editor shows. */
const examples = readdirSync(resources).flatMap((file) => {
  const text = readFileSync(new URL(file, resources), "utf8");
  return [...text.matchAll(/ \* @example\n +\* ```ts\n((?: +\* .*\n)+?) +\* ```\n/g)].map(([, code = ""]) =>
    code.replaceAll(/^ +\* /gm, "").replaceAll("*\\/", "*/"),
  );
});

const programs = new Map(
  examples.map((code) => [
    /sfc\.([\w.]+)\(/.exec(code)?.[1] ?? "",
    `import { SfcClient } from "sfc-preview-sdk";\nconst sfc = new SfcClient();\n${code}export {};\n`,
  ]),
);

test("every method has one example, which calls it", () => {
  expect(examples).toHaveLength(programs.size);
  expect([...programs.keys()].sort()).toEqual(
    Object.values(operations)
      .map(({ name }) => name)
      .sort(),
  );
});

test("every example type-checks", () => {
  expect(complaints(root, programs)).toEqual([]);
});
