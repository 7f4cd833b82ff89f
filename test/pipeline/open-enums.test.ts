import { expect, it } from "vitest";
import { printSchema } from "../../scripts/generate/schema.js";
import { parseSource } from "../../scripts/lib/source.js";
import { typeErrors } from "./compile.js";
import { generatedProject, THINGS } from "./project.js";

const USAGE = `import type { Thing, ThingCreate, ThingList, ThingListQuery, ThingStatus } from "./generated/types.js";

export const response: Thing["status"] = "tomorrow";
export const named: ThingStatus = "tomorrow";
export const listed: ThingList["data"][number]["status"] = "tomorrow";
export const filter: ThingListQuery = { status: ["active"] };
export const create: ThingCreate = { name: "n", status: "retired" };
export const noNumber: Thing["status"] = 1;
export const typoInFilter: ThingListQuery = { status: ["actve"] };
export const typoInBody: ThingCreate = { name: "n", status: "actve" };
`;

it("accepts new values of an open enum in responses, but not in requests", async () => {
  const project = await generatedProject();
  project.write("src/usage.ts", USAGE);
  expect(typeErrors(project.root).map((error) => error.slice(0, "src/usage.ts:10".length).trim())).toEqual([
    "src/usage.ts:8",
    "src/usage.ts:9",
    "src/usage.ts:10",
  ]);
  expect(project.read("src/generated/schema.ts")).toContain(
    'export type ThingStatus = ("active" | "retired") | (string & {});',
  );
});

it("keeps an enum without the mark closed everywhere", async () => {
  const source = parseSource(THINGS.spec.replace("      x-speakeasy-unknown-values: true\n", ""), "");
  const { text } = await printSchema(source.value, source, []);
  expect(text).toContain('ThingStatus: "active" | "retired";');
  expect(text).not.toContain("string & {}");
});
