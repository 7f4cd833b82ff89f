import { beforeAll, expect, it } from "vitest";
import { typeErrors } from "./compile.js";
import { createProject, fixture, type Project, run } from "./project.js";

let project: Project;

beforeAll(async () => {
  project = createProject({ spec: fixture("unusual-names.yaml") });
  const { code, stderr } = await run(project);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

it("prints valid code for names that are not identifiers and for texts with code in them", () => {
  expect(typeErrors(project.root)).toEqual([]);

  const operations = project.read("src/generated/operations.ts");
  const constants = [...operations.matchAll(/export const (\w+): Operation = \{\s+name: "(.*?)"/g)];
  expect(constants.map(([, constant, name]) => [constant, name])).toEqual([
    ["default_", "default.default"],
    ["constructor", "index.constructor_"],
    ["a_b", "constructor_.aB"],
    ["v2_get_then", "promise.getThen"],
    ["then", "promise.then_"],
  ]);
  expect(project.read("src/generated/resources/index-resource.ts")).toContain(
    "constructor_(\n    aB: string,\n    optionsValue: string,\n    newValue: string,\n    body: Thing | undefined,\n" +
      "    query: IndexConstructorQuery,\n    options?: CallOptions,\n  ): Call<IndexConstructorResult>",
  );
  expect(project.read("src/generated/resources/index.ts")).toContain("readonly promise: PromiseResource;");
  const schema = project.read("src/generated/schema.ts");
  expect(schema).toContain("Error: ErrorModel;");
  expect(schema).toContain("export type ErrorModel = {");
  expect(schema).toContain('"a-b": AB;');
  expect(project.read("src/generated/types.ts")).toMatch(/\bAB\b.*\bErrorModel\b/s);
});

it("prints descriptions that cannot end their comment or start a tag", () => {
  const source = project.read("src/generated/resources/default.ts");
  expect(source).toContain("Ends a comment: *\\/ export const broken = 1; /*");
  expect(source).toContain("   * \\@deprecated is not meant as a tag.");
  expect(source).toContain("   * - item one *\\/\n   * - item two\n");
  expect(project.read("src/generated/resources/promise.ts")).toContain("* @deprecated The API marks");
});
