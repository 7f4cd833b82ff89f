import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { lint } from "../../scripts/generate/check.js";
import { parseSource } from "../../scripts/lib/source.js";
import { createProject, fixture, REPOSITORY, run, temporaryFolder } from "./project.js";

it("finds no error and no warning in the project's own description", async () => {
  const bundled: unknown = JSON.parse(readFileSync(join(REPOSITORY, "openapi/bundled.json"), "utf8"));
  const problems = await lint(bundled, REPOSITORY, REPOSITORY, temporaryFolder());
  expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual([]);
});

it("generates from a description with invalid examples and missing summaries, and counts the warnings", async () => {
  const spec = fixture("things.yaml")
    .replaceAll(/ *(summary|description: Lists).*\n/g, "")
    .replace("      required: [id, status]", "      example: { id: 7 }\n      required: [id, status]");
  const project = createProject({ spec, sdk: fixture("things.sdk.yaml") });
  const { code, stdout } = await run(project);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^note: \d+ lint warnings; npx redocly lint openapi\/bundled\.json lists them\nGenerated/);
});

it("lints a description again when it or a rule has changed, and repeats the last result when nothing has", async () => {
  const project = createProject({ spec: fixture("things.yaml").replaceAll(/ *summary.*\n/g, "") });
  const document = parseSource(project.read("openapi/sfc-preview.yaml"), "things.yaml").value;
  const cache = "node_modules/.redocly-lint.json";
  project.write(cache, "");
  const lintNow = async (described: unknown) =>
    (await lint(described, project.root, project.root, temporaryFolder())).length;
  const found = await lintNow(document);
  expect(found).toBeGreaterThan(0);

  const forget = () => project.write(cache, JSON.stringify({ ...JSON.parse(project.read(cache)), problems: [] }));
  forget();
  expect(await lintNow(document)).toBe(0);
  expect(await lintNow({ ...Object(document), tags: [{ name: "New" }] })).toBeGreaterThan(found);
  await lintNow(document);
  forget();
  project.write("redocly.yaml", `${project.read("redocly.yaml")}  info-license: warn\n`);
  expect(await lintNow(document)).toBe(found + 1);
  project.write(cache, "{");
  expect(await lintNow(document)).toBe(found + 1);
});
