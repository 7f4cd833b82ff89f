import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Impairment } from "../../scripts/impact/assess.js";
import { specImpact } from "../../scripts/spec-impact.js";
import { ROOT, readBase } from "../mutations/base.js";
import { Draft } from "../mutations/mutation.js";
import { nextDescription } from "./next-description.js";
import { outputs } from "./outputs.js";

const CONSUMER = join(ROOT, "test/diff/consumer");
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

// Each compiles the consumer twice, on a machine that may be busy.
const TIME = 120_000;

it(
  "names exactly the lines that break, each with the change that breaks it",
  async () => {
    const out = outputs();
    const code = await specImpact([before, after, "--project", CONSUMER, "--format", "json"], out.world);
    expect(out.stderr).toBe("");
    const found = (JSON.parse(out.stdout) as Impairment[]).map(({ file, line, cause }) => `${file}:${line} ${cause}`);
    expect(found).toEqual(expected("breaks.ts"));
    expect(found).toHaveLength(12);
    expect(code).toBe(2);
  },
  TIME,
);

it(
  "finds nothing where nothing changed",
  async () => {
    const out = outputs();
    const code = await specImpact([before, before, "--project", CONSUMER], out.world);
    expect({ code, stdout: out.stdout, stderr: out.stderr }).toEqual({
      code: 0,
      stdout: "Nothing breaks in this project.\n",
      stderr: "",
    });
  },
  TIME,
);

it(
  "asks for a project that has a tsconfig.json",
  async () => {
    const out = outputs();
    const code = await specImpact([before, before, "--project", folder], out.world);
    expect(code).toBe(1);
    expect(out.stderr).toContain("There is no such file.\n  To mend: give the folder that holds the tsconfig.json");
  },
  TIME,
);

/** `// because:` beside code is about that line, on a line of its own about the next one. */
function expected(file: string): string[] {
  const lines = readFileSync(join(CONSUMER, file), "utf8").split("\n");
  return lines.flatMap((text, index) => {
    const [code = "", cause] = text.split("// because: ");
    return cause === undefined ? [] : [`${file}:${index + (code.trim() === "" ? 2 : 1)} ${cause}`];
  });
}
