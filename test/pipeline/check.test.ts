import { rmSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { printProvenance } from "../../scripts/generate/print.js";
import { compare } from "../../scripts/generate/write.js";
import { filesBelow } from "../../scripts/lib/files.js";
import { parseSource } from "../../scripts/lib/source.js";
import { isLong } from "../support/long.js";
import { copyRepository, createProject, generatedProject, REPOSITORY, run, THINGS } from "./project.js";

// The long run checks the repository itself, and `npm test` checks a small project.
it("reports that the generated files are up to date, without a warning", async () => {
  const project = isLong ? { root: REPOSITORY } : await generatedProject();
  const { code, stdout, stderr } = await run(project, ["--check"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^All \d+ generated files are up to date\.\n$/);
});

describe("fails after a change of any single byte, and names the file", () => {
  it("in each generated file of the repository", () => {
    const project = copyRepository();
    const files = [...filesBelow(project.root, "src/generated"), "openapi/bundled.json", "openapi/provenance.json"];
    const outputs = new Map(files.map((name) => [name, project.read(name)]));
    expect(outputs.size).toBeGreaterThan(20);
    expect(compare(project.root, outputs)).toEqual({ missing: [], stale: [], extra: [] });
    for (const [name, text] of outputs) {
      for (const at of [0, Math.floor(text.length / 2), text.length - 1]) {
        project.write(name, `${text.slice(0, at)}\u00a0${text.slice(at + 1)}`);
        expect(compare(project.root, outputs).stale).toEqual([name]);
      }
      project.write(name, `${text} `);
      expect(compare(project.root, outputs).stale).toEqual([name]);
      project.write(name, text);
    }
  });

  it("also when the byte is not valid text", () => {
    const project = createProject(THINGS);
    project.write("openapi/bundled.json", "\ufffd");
    const outputs = new Map([["openapi/bundled.json", "\ufffd"]]);
    expect(compare(project.root, outputs).stale).toEqual([]);
    writeFileSync(project.path("openapi/bundled.json"), Buffer.from([0xff]));
    expect(compare(project.root, outputs).stale).toEqual(["openapi/bundled.json"]);
  });

  it("end to end", async () => {
    const project = await generatedProject();
    const name = "src/generated/resources/things.ts";
    project.write(name, project.read(name).replace("newest", "oldest"));
    const before = project.snapshot();
    const { code, stdout, stderr } = await run(project, ["--check"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe(`stale    ${name}\nGenerated files are not up to date. To fix: npm run generate\n`);
    expect(project.snapshot()).toEqual(before);
  });
});

describe("fails after a change of an input, and names it", () => {
  it.each([
    ["openapi/sfc-preview.yaml", "summary: List boxes", "summary: List all boxes"],
    ["openapi/overlay.yaml", "Nothing to correct", "Still nothing to correct"],
    ["openapi/sdk.yaml", "tags: [Things]", "tags: [Things, Other]"],
  ])("%s", async (name, from, to) => {
    const project = await generatedProject();
    project.write(name, project.read(name).replace(from, to));
    const { code, stderr } = await run(project, ["--check"]);
    expect(code).toBe(1);
    expect(stderr).toContain(`changed  ${name} since the last generation\n`);
    expect(stderr).toContain("stale    openapi/provenance.json\n");
  });

  it("but not after a change of only comments or line breaks", async () => {
    const project = await generatedProject();
    const name = "openapi/sfc-preview.yaml";
    project.write(
      name,
      `# A new comment\n\n${project.read(name).replace("x-speakeasy", "# and one here\n      x-speakeasy")}`,
    );
    expect(await run(project, ["--check"])).toMatchObject({ code: 0 });
  });

  it("for any changed value, because the fingerprint covers all values", () => {
    const value = { a: [1, { b: "text", c: null }], d: { e: true, f: 1.5 } };
    const print = (changed: unknown) => {
      const source = parseSource(JSON.stringify(changed), "x");
      return printProvenance({ description: source, overlay: source, sdk: source });
    };
    const variants = [
      { ...value, a: [1, { b: "text" }] },
      { ...value, a: [{ b: "text", c: null }, 1] },
      { ...value, d: { e: "true", f: 1.5 } },
      { ...value, d: { e: true, f: 1.6 } },
      { ...value, "": 0 },
    ];
    expect(new Set([value, ...variants].map(print)).size).toBe(6);
    expect(print({ d: { f: 1.5, e: true }, a: value.a })).toBe(print(value));
  });
});

it("lists missing files and extra files", async () => {
  const project = await generatedProject();
  rmSync(project.path("src/generated/types.ts"));
  project.write("src/generated/resources/old.ts", project.read("src/generated/resources/things.ts"));
  const { code, stderr } = await run(project, ["--check"]);
  expect(code).toBe(1);
  expect(stderr.split("\n")).toEqual([
    "missing  src/generated/types.ts",
    "extra    src/generated/resources/old.ts",
    "Generated files are not up to date. To fix: npm run generate, and move what is extra",
    "",
  ]);
});
