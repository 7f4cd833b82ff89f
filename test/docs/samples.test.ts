import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { complaints } from "../../scripts/docs/check-samples.js";
import { readApi } from "../../scripts/docs/read-api.js";
import { allSamples } from "../../scripts/docs/sample.js";
import * as operations from "../../src/generated/operations.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const samples = allSamples(readApi(root));

describe("the reference", () => {
  test("has a sample for every operation", () => {
    expect([...samples.keys()].sort()).toEqual(
      Object.values(operations)
        .map(({ name }) => name)
        .sort(),
    );
  });

  test("has samples with only values that are examples of the description", () => {
    for (const [name, code] of samples) expect(code, name).not.toContain("undefined");
  });

  test("has samples that call their operation", () => {
    for (const [name, code] of samples) expect(code, name).toContain(`sfc.${name}(`);
  });

  test("has only samples that type-check", () => {
    expect(complaints(root, samples)).toEqual([]);
  });

  test("refuses a sample that does not type-check", () => {
    const wrong = new Map([
      ["instances.get", `import { SfcClient } from "sfc-preview-sdk";\nawait new SfcClient().instances.get(1);\n`],
    ]);
    expect(complaints(root, wrong)).toEqual([expect.stringMatching(/^instances\.get:2: .*number/)]);
  });
});
