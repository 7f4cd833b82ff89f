import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runPackage } from "../../scripts/lib/run.js";

const DESCRIPTION = { openapi: "3.1.0", info: { title: "a", version: "1" }, paths: {}, components: {} };

/** A folder with one description and one rule for it. */
function folderWith(description: object, rule = "struct"): string {
  const folder = mkdtempSync(join(tmpdir(), "redocly-"));
  writeFileSync(join(folder, "description.json"), JSON.stringify(description));
  writeFileSync(join(folder, "redocly.yaml"), `rules: { ${rule}: error }\n`);
  return folder;
}

const lint = (folder: string) =>
  runPackage("@redocly/cli", ["lint", "description.json", "--format=json", "--config=redocly.yaml"], folder);

test("concurrent runs have separate folders, output and exit codes", async () => {
  const [good, bad] = [folderWith(DESCRIPTION), folderWith({ ...DESCRIPTION, paths: { "/a": { get: 1 } } })];
  const bundle = (name: string) => runPackage("@redocly/cli", ["bundle", name, "--output=bundled.json"], good);
  for (let round = 0; round < 3; round++) {
    const [fine, broken, bundled, missing] = await Promise.all([
      lint(good),
      lint(bad),
      bundle("description.json"),
      bundle("none.json"),
    ]);
    expect([fine, broken, bundled, missing].map(({ exitCode }) => exitCode)).toEqual([0, 1, 0, 1]);
    expect(JSON.parse(fine.stdout).totals.errors).toBe(0);
    expect(JSON.parse(broken.stdout).totals.errors).toBeGreaterThan(0);
    expect(JSON.parse(readFileSync(join(good, "bundled.json"), "utf8"))).toEqual(DESCRIPTION);
    expect(missing.stderr).toContain("none.json does not exist");
    expect(missing.all).not.toContain("bundling description.json");
  }
  expect(existsSync(join(bad, "bundled.json"))).toBe(false);
});

test("each run uses its own configuration", async () => {
  const [lenient, strict] = [folderWith(DESCRIPTION), folderWith(DESCRIPTION, "no-empty-servers")];
  const codes: (number | undefined)[] = [];
  for (const folder of [lenient, strict, lenient, strict]) codes.push((await lint(folder)).exitCode);
  expect(codes).toEqual([0, 1, 0, 1]);
});

test("an invalid command line ends only that run", async () => {
  const folder = folderWith(DESCRIPTION);
  const unknown = await runPackage("@redocly/cli", ["lint", "--format=none"], folder);
  expect([unknown.exitCode, unknown.all]).toEqual([1, expect.stringContaining("Invalid values")]);
  expect((await lint(folder)).exitCode).toBe(0);
});
