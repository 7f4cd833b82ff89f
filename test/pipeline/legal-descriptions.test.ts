import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { repeatSentence } from "../../scripts/generate/docs.js";
import type { Model } from "../../scripts/generate/model.js";
import { typeErrors } from "./compile.js";
import { modelOf } from "./model-of.js";
import { createProject, fixture, type Project, REPOSITORY, run } from "./project.js";

const THINGS = fixture("things.yaml");
const SDK = fixture("things.sdk.yaml");

const schemas = (text: string) => THINGS.replace("    NotFoundError:\n", `${text}    NotFoundError:\n`);
const member = (spec: string, text: string) => spec.replace("        cursor: {", `        ${text}\n        cursor: {`);

describe("a client is generated from a valid but unusual description", () => {
  let project: Project;
  let outcome: Awaited<ReturnType<typeof run>>;

  beforeAll(async () => {
    const pets = `    Cat: { type: object, required: [kind], properties: { kind: { type: string } } }
    Dog: { type: object, required: [kind], properties: { kind: { type: string } } }
    Pet:
      oneOf: [{ $ref: "#/components/schemas/Cat" }, { $ref: "#/components/schemas/Dog" }]
      discriminator: { propertyName: kind, mapping: { cat: Cat, dog: Dog } }
    Anything: true
`;
    const members = [
      'pet: { $ref: "#/components/schemas/Pet" }',
      "free: true",
      "never: false",
      "items: true",
      "rows: { type: array, items: true }",
      'any: { $ref: "#/components/schemas/Anything" }',
      'inline: { $ref: "#/paths/~1preview~1v2~1things/get/responses/200/content/application~1json/schema" }',
    ];
    const spec = members
      .reduce(member, schemas(pets))
      .replace(
        'application/json: { schema: { $ref: "#/components/schemas/CreateThingRequest" } }',
        "application/json: { schema: true }",
      )
      .replaceAll("tags: [Boxes]", "tags: [订单]")
      .replace("name: Boxes", "name: 订单")
      .replace(
        /There are none\.\n.*\n/,
        `There are none.
          content:
            application/problem+json:
              schema: { type: object, properties: { type: { type: string }, title: { type: string }, status: { type: integer } } }
`,
      );
    project = createProject({ spec, sdk: SDK.replace(/ {2}list_boxes.*\n/, "") });
    outcome = await run(project);
  }, 60_000);

  it("with a discriminator that maps to bare names, boolean schemas, a reference into a path, a tag of other letters and one problem details response", () => {
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    expect(typeErrors(project.root)).toEqual([]);
  }, 60_000);

  it("a mapping to bare names sets the value of each branch", () => {
    expect(project.read("src/generated/schema.ts")).toMatch(/kind: "cat"/);
  });

  it("an operation whose tag has no letter that is valid in a name is named for the noun of its path", () => {
    expect(outcome.stdout).toContain("by rule: { resource: boxes, method: list,");
  });
});

it("accents in a tag are omitted in the name", () => {
  const model = modelOf(THINGS.replaceAll("tags: [Boxes]", "tags: [Équipes]"));
  expect(model.resources.map(({ field }) => field)).toEqual(["things", "equipes"]);
});

it("problem details as application/json are recognized by their members, and any other error without a type is refused", () => {
  const untyped = (members: string) => () =>
    modelOf(THINGS.replace("        error:\n", `        ${members}\n        wrong:\n`));
  expect(untyped("title: { type: string }\n        detail: { type: string }")).not.toThrow();
  expect(untyped("title: { type: string }")).toThrow("has no `error.type`");
});

describe("methods with the same name", () => {
  const twins = (...ids: string[]) =>
    modelOf(
      `openapi: 3.1.0\ninfo: { title: T, version: 1.0.0 }\npaths:\n${ids
        .map(
          (id, index) =>
            `  /v2/orders${index}: { get: { operationId: ${id}, tags: [Orders], responses: { "204": { description: D. } } } }\n`,
        )
        .join("")}`,
    ).operations.map(({ descriptor }) => descriptor.name);

  it("are distinguished by their complete operationIds, and the shortest keeps its name", () => {
    expect(twins("fetch_order_v2", "get_order_preview_v2")).toEqual(["orders.get", "orders.getOrderPreviewV2"]);
    expect(twins("get_order_preview_v2", "fetch_order_v2")).toEqual(["orders.getOrderPreviewV2", "orders.get"]);
  });

  it("all use their complete operationId when the operationIds are equally long", () => {
    expect(twins("get_order_v2", "get_order_v3")).toEqual(["orders.getOrderV2", "orders.getOrderV3"]);
  });

  it("never use the name that a row sets", () => {
    const sdk = `resources: { things: { tags: [Things] }, boxes: { tags: [Boxes] } }\ntypes: {}\noperations:\n  fetch_thing: { resource: things, method: list, retry: read }\n`;
    const names = modelOf(THINGS, sdk).operations.map(({ descriptor }) => descriptor.name);
    expect(names).toContain("things.list");
    expect(names).toContain("things.listThings");
  });

  it("all differ when the whole preview has a stable copy beside it", () => {
    // Every path of the project's own description exists twice, the second time under /v2 with ids that end in _v2.
    const own = JSON.parse(readFileSync(join(REPOSITORY, "openapi/bundled.json"), "utf8"));
    for (const [path, item] of Object.entries<Record<string, { operationId?: string }>>(own.paths)) {
      const twin = structuredClone(item);
      for (const operation of Object.values(twin)) if (operation.operationId) operation.operationId += "_v2";
      own.paths[path.replace("/preview", "")] = twin;
    }
    const model: Model = modelOf(JSON.stringify(own), readFileSync(join(REPOSITORY, "openapi/sdk.yaml"), "utf8"));
    expect(model.operations).toHaveLength(150);
  });
});

describe("a schema that includes itself is refused, and the message names the place", () => {
  const refusal = (text: string) => () => modelOf(member(schemas(text), 'a: { $ref: "#/components/schemas/A" }'), SDK);

  it.each([
    ["a $ref to itself", '    A: { $ref: "#/components/schemas/A" }\n', "#/components/schemas/A/$ref"],
    [
      "two that lead to each other",
      '    A: { $ref: "#/components/schemas/B" }\n    B: { $ref: "#/components/schemas/A" }\n',
      "#/components/schemas/B/$ref",
    ],
    [
      "an allOf of itself",
      '    A: { allOf: [{ type: object }, { $ref: "#/components/schemas/A" }] }\n',
      "#/components/schemas/A/allOf/1/$ref",
    ],
    [
      "a oneOf of itself",
      '    A: { oneOf: [{ $ref: "#/components/schemas/A" }, { type: string }] }\n',
      "#/components/schemas/A/oneOf/0/$ref",
    ],
    [
      "over two allOf",
      '    A: { allOf: [{ $ref: "#/components/schemas/B" }] }\n    B: { allOf: [{ $ref: "#/components/schemas/A" }] }\n',
      "#/components/schemas/B/allOf/0/$ref",
    ],
  ])("%s", (_, text, pointer) => {
    expect(refusal(text)).toThrow(pointer);
    expect(refusal(text)).toThrow("The schema includes itself: #/components/schemas/A -> ");
  });

  it("while a schema that contains itself in a property or a list is valid", () => {
    expect(
      refusal(
        '    A: { properties: { a: { $ref: "#/components/schemas/A" }, b: { type: array, items: { $ref: "#/components/schemas/A" } } } }\n',
      ),
    ).not.toThrow();
  });
});

describe("errors that are declared as a range or as default", () => {
  it.each(["4XX", "default"])("as %s keep a row's repeat404 valid, and the docstring mentions the 404", (status) => {
    const spec = THINGS.replaceAll('"404":', `"${status}":`);
    const gone = modelOf(spec, SDK).operations.find(({ id }) => id === "delete_thing");
    expect(gone?.descriptor.repeat404).toBe("done");
    const byRule = modelOf(spec).operations.find(({ id }) => id === "delete_thing");
    expect(byRule && repeatSentence(byRule)).toContain(
      "A 404 on a later attempt may mean that an earlier attempt was applied",
    );
  });

  it("a row's repeat404 is still refused when no 404 is declared", () => {
    expect(() => modelOf(THINGS.replaceAll('"404":', '"5XX":'), SDK)).toThrow(
      "repeat404 is only for DELETE operations that declare 404",
    );
  });
});
