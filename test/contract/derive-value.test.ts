import { describe, expect, it } from "vitest";
import { createChecker } from "./check-value.js";
import { completeExamples } from "./complete-examples.js";
import { deriveValue } from "./derive-value.js";

const SCHEMAS = {
  Id: { type: "string", pattern: "thing_[0-9a-z]{3,8}" },
  Node: {
    type: "object",
    required: ["id"],
    properties: { id: ref("Id"), parent: ref("Node"), all: list(ref("Node")) },
  },
};

function ref(name: string) {
  return { $ref: `#/components/schemas/${name}` };
}

function list(items: object) {
  return { type: "array", items };
}

function object(properties: object, required: string[] = []) {
  return { type: "object", properties, required, additionalProperties: false };
}

const document = { components: { schemas: SCHEMAS } };
const checker = createChecker(document);

function derive(schema: object, { isComplete = true, direction = "request" as "request" | "answer" } = {}) {
  return deriveValue(schema, { document, checker, direction, isComplete });
}

describe("derives a value that fits", () => {
  it.each<[string, object]>([
    ["a pattern", { type: "string", pattern: "^[a-f0-9]{64}$" }],
    ["a pattern with alternatives and a least length", { type: "string", pattern: "^(a|bc)+$", minLength: 4 }],
    ["a pattern of what is left out", { type: "string", pattern: "^[^_,= ][^,= ]{0,127}$" }],
    ["a format", { type: "string", format: "date-time" }],
    ["base64", { type: "string", format: "byte", contentEncoding: "base64" }],
    ["lengths", { type: "string", minLength: 9, maxLength: 9 }],
    ["a short length", { type: "string", maxLength: 2 }],
    ["a least number", { type: "integer", minimum: 1785000000 }],
    ["a number below zero", { type: "integer", exclusiveMaximum: 0 }],
    ["a narrow range", { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 }],
    ["a multiple", { type: "integer", minimum: 7, multipleOf: 5 }],
    ["an unsigned format", { type: "integer", format: "u-int64" }],
    ["an enum", { type: "string", enum: ["b", "a"] }],
    ["a constant", { const: { kind: 1 } }],
    ["a value or null", { oneOf: [{ type: "null" }, ref("Id")] }],
    ["one of several types", { type: ["null", "integer"] }],
    ["a list whose items differ", { ...list(ref("Id")), minItems: 3, uniqueItems: true }],
    [
      "a map with names of a shape",
      { type: "object", propertyNames: ref("Id"), additionalProperties: { type: "integer" } },
    ],
    ["a map that must not be empty", { type: "object", minProperties: 2, additionalProperties: { type: "string" } }],
    [
      "a schema and more",
      { allOf: [ref("Node"), { type: "object", required: ["n"], properties: { n: { type: "integer" } } }] },
    ],
    ["one arm of a union, by what it excludes", { oneOf: [object({ a: ref("Id") }), object({ b: ref("Id") }, ["b"])] }],
    ["a schema that refers to itself", ref("Node")],
    ["an example that the schema shows", { type: "string", examples: ["shown"] }],
  ])("%s", (_, schema) => {
    const found = derive(schema);
    expect(checker.reason(schema, found?.value)).toBe("");
    expect(derive(schema)).toEqual(found);
  });
});

it("prefers a value to null, and false to true", () => {
  expect(derive({ oneOf: [{ type: "null" }, { type: "boolean" }] })).toEqual({ value: false });
});

it("includes optional properties on request", () => {
  const schema = object({ a: { type: "integer" }, b: { type: "integer" } }, ["b"]);
  expect(derive(schema, { isComplete: true })).toEqual({ value: { a: 1, b: 1 } });
  expect(derive(schema, { isComplete: false })).toEqual({ value: { b: 1 } });
});

it("omits response-only members from requests, and request-only members from responses", () => {
  const schema = object({ a: { type: "integer", readOnly: true }, b: { type: "integer", writeOnly: true } });
  expect(derive(schema, { direction: "request" })).toEqual({ value: { b: 1 } });
  expect(derive(schema, { direction: "answer" })).toEqual({ value: { a: 1 } });
});

it("does not use an example that violates the schema", () => {
  expect(derive({ type: "integer", example: "seven" })).toEqual({ value: 1 });
});

describe("of a description", () => {
  const operation = (parameter: object) => ({
    components: { schemas: SCHEMAS },
    paths: { "/things": { get: { operationId: "list_things", parameters: [parameter], responses: {} } } },
  });
  const completed = (parameter: object) =>
    (completeExamples(operation(parameter)) as { paths: Record<string, { get: { parameters: unknown[] } }> }).paths[
      "/things"
    ]?.get.parameters[0];

  it("keeps a valid example and replaces an invalid one", () => {
    const parameter = { name: "id", in: "query", schema: ref("Id") };
    expect(completed({ ...parameter, example: "thing_abc" })).toEqual({ ...parameter, example: "thing_abc" });
    expect(completed({ ...parameter, example: "nothing" })).toMatchObject({
      example: expect.stringMatching(/^thing_/),
    });
  });

  it("throws an error with the place and the fix when no value can be derived", () => {
    const impossible = { name: "id", in: "query", schema: { type: "string", pattern: "^a$", minLength: 2 } };
    expect(() => completeExamples(operation(impossible))).toThrow(
      /^#\/paths\/~1things\/get, parameter id\n {2}There is no example that fits the schema, and none can be derived from it\.\n {2}To fix: give it an example/,
    );
  });
});
