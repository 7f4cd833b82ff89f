import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { lint } from "../../scripts/generate/check.js";
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
