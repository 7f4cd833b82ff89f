import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Impairment } from "../../packages/devtools/src/impact/assess.js";
import { specImpact } from "../../scripts/spec/impact.js";
import { ROOT, readBase } from "../mutations/base.js";
import { Draft } from "../mutations/mutation.js";
import { CONSUMER, consumerBreaks } from "./consumer-breaks.js";
import { nextDescription } from "./next-description.js";
import { outputs } from "./outputs.js";

const folder = mkdtempSync(join(tmpdir(), "impact-"));
const before = join(folder, "before.json");
const after = join(folder, "after.json");

beforeAll(() => {
  const { description } = readBase(true);
  const draft = new Draft(structuredClone(description));
  nextDescription(draft);
  writeFileSync(before, JSON.stringify(description));
  writeFileSync(after, JSON.stringify(draft.document));
});

afterAll(() => rmSync(folder, { recursive: true }));

// Each test compiles the consumer twice, and the machine may be busy.
const TIME = 120_000;

it(
  "names exactly the lines that break, each with its cause",
  async () => {
    const out = outputs();
    const code = await specImpact([before, after, "--project", CONSUMER, "--format", "json"], out.world);
    expect(out.stderr).toBe("");
    const found = (JSON.parse(out.stdout) as Impairment[]).map(({ file, line, cause }) => `${file}:${line} ${cause}`);
    expect(found.sort()).toEqual(consumerBreaks().sort());
    expect(found).toHaveLength(29);
    expect(code).toBe(2);
  },
  TIME,
);

it(
  "finds nothing when nothing changed, and with one description compares it with the client's own",
  async () => {
    const out = outputs();
    const code = await specImpact([join(ROOT, "openapi/sfc-preview.yaml"), "--project", CONSUMER], out.world);
    expect({ code, stdout: out.stdout, stderr: out.stderr }).toEqual({
      code: 0,
      stdout: "Nothing breaks in this project: 4 files checked, 4 of them import the client.\n",
      stderr: "",
    });
  },
  TIME,
);

it(
  "requires a project with a tsconfig.json",
  async () => {
    const out = outputs();
    const code = await specImpact([before, before, "--project", folder], out.world);
    expect(code).toBe(1);
    expect(out.stderr).toContain("There is no such file.\n  To fix: give the folder that holds the tsconfig.json");
  },
  TIME,
);
