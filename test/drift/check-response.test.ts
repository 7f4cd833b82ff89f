import { describe, expect, test } from "vitest";
import { checkResponse } from "../../packages/devtools/src/drift/check-response.js";
import { ApiDescription } from "../../packages/devtools/src/drift/description.js";

/** A description of one operation, `GET /things`, whose success response has this schema. */
function describe200(schema: object, schemas: object = {}): ApiDescription {
  const responses = { "200": { content: { "application/json": { schema } } }, "204": {}, "5XX": {} };
  return new ApiDescription({ paths: { "/things": { get: { responses } } }, components: { schemas } });
}

function differences(description: ApiDescription, body: unknown, status = 200): string[] {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const operation = description.find("GET", "https://host/prefix/things");
  if (operation === undefined) throw new Error("the operation is not found");
  return checkResponse(description, operation, { operation: "things.list", status, text }).map(
    ({ kind, place, expected, received, pointer }) =>
      `${kind} ${place || "-"}: ${expected}, ${received} (${pointer.replace("#/paths/~1things/get/responses/200/content/application~1json/schema", "…")})`,
  );
}

const thing = {
  type: "object",
  required: ["id", "size"],
  properties: {
    id: { type: "string" },
    size: { type: "integer" },
    weight: { type: "number" },
    state: { type: "string", enum: ["on", "off"], "x-speakeasy-unknown-values": true },
    owner: { oneOf: [{ type: "null" }, { $ref: "#/components/schemas/Owner" }] },
    tags: { type: "object", additionalProperties: { type: "string" } },
    free: { type: "object" },
    parts: { type: "array", items: { $ref: "#/components/schemas/Owner" } },
  },
};
const owner = { type: "object", required: ["name"], properties: { name: { type: "string" } } };
const things = describe200({ $ref: "#/components/schemas/Thing" }, { Thing: thing, Owner: owner });
const good = {
  id: "a",
  size: 1,
  weight: 2,
  state: "on",
  owner: null,
  tags: { "any key": "x" },
  free: { deep: [1] },
  parts: [{ name: "b" }],
};

describe("a response", () => {
  test("that matches has no difference", () => {
    expect(differences(things, good)).toEqual([]);
    expect(differences(things, { id: "a", size: 1, owner: { name: "b" } })).toEqual([]);
  });

  test.each<[string, object, string]>([
    ["a member too many", { color: 1 }, "unknown-member color: no such member, integer (#/components/schemas/Thing)"],
    ["a member too few", { id: undefined }, "missing-member id: string, nothing (#/components/schemas/Thing)"],
    ["another type", { size: "1" }, "wrong-type size: integer, string (#/components/schemas/Thing/properties/size)"],
    ["a fraction", { size: 1.5 }, "wrong-type size: integer, number (#/components/schemas/Thing/properties/size)"],
    ["null", { weight: null }, "wrong-type weight: number, null (#/components/schemas/Thing/properties/weight)"],
    [
      "a type that no alternative has",
      { owner: true },
      "wrong-type owner: object or null, boolean (#/components/schemas/Thing/properties/owner)",
    ],
    [
      "a value that an open list does not have",
      { state: "idle" },
      "unknown-value state: one of 2 known values, string (#/components/schemas/Thing/properties/state)",
    ],
    [
      "a value of a map",
      { tags: { ok: "x", "acme prod": 1 } },
      "wrong-type tags.*: string, integer (#/components/schemas/Thing/properties/tags/additionalProperties)",
    ],
    [
      "members of list items, each place once",
      { parts: [{ name: 1 }, { name: 2 }, { name: "b" }] },
      "wrong-type parts[].name: string, integer (#/components/schemas/Owner/properties/name)",
    ],
    [
      "a member of an alternative",
      { owner: { name: "b", email: "x" } },
      "unknown-member owner.email: no such member, string (#/components/schemas/Owner)",
    ],
  ])("with %s has exactly that difference", (_, change, expected) => {
    expect(differences(things, { ...good, ...change })).toEqual([expected]);
  });

  test("with a body of another kind has one difference for the whole body", () => {
    expect(differences(things, [good])).toEqual(["wrong-type -: object, array (…)"]);
    expect(differences(things, "<html>")).toEqual([
      "wrong-type -: a JSON body, text that is not JSON (#/paths/~1things/get/responses/200)",
    ]);
    expect(differences(things, "")).toEqual([
      "wrong-type -: a JSON body, nothing (#/paths/~1things/get/responses/200)",
    ]);
    expect(differences(things, "{}", 204)).toEqual([
      "wrong-type -: no body, a body (#/paths/~1things/get/responses/204)",
    ]);
  });

  test("with an undeclared status has only that difference", () => {
    expect(differences(things, "<html>", 418)).toEqual([
      "undeclared-status -: a declared status, status 418 (#/paths/~1things/get)",
    ]);
    expect(differences(things, "", 503)).toEqual([]);
  });
});

describe("alternatives of an object", () => {
  const arm = (kind: string, members: object) => ({
    type: "object",
    required: ["kind"],
    properties: { kind: { const: kind }, ...members },
  });
  const pets = describe200({
    allOf: [
      { oneOf: [arm("cat", { lives: { type: "integer" } }), arm("dog", { state: { enum: ["sits", "runs"] } })] },
      { type: "object", required: ["id"], properties: { id: { type: "string" } } },
    ],
  });

  test("are selected by their constant member", () => {
    expect(differences(pets, { kind: "cat", lives: 9, id: "a" })).toEqual([]);
    expect(differences(pets, { kind: "dog", lives: 9, id: "a" })).toEqual([
      "unknown-member lives: no such member, integer (…/allOf/1)",
    ]);
    expect(differences(pets, { kind: "dog", state: "swims", id: "a" })).toEqual([
      "unknown-value state: one of 2 known values, string (…/allOf/0/oneOf/1/properties/state)",
    ]);
  });

  test("report one unknown value when none has the constant", () => {
    expect(differences(pets, { kind: "cow", id: "a" })).toEqual([
      "unknown-value kind: one of 2 known values, string (…/allOf/0)",
    ]);
  });
});

describe("names that may be values are reported as *", () => {
  test("for keys that do not look like member names", () => {
    expect(differences(things, { ...good, inst_Qx7: 1, "acme prod": 2, "ada@example.com": "x" })).toEqual([
      "unknown-member *: no such member, integer or string (#/components/schemas/Thing)",
    ]);
  });

  test("for keys that are values elsewhere in the body", () => {
    expect(differences(things, { ...good, parts: [{ name: "acme" }], acme: 1 })).toEqual([
      "unknown-member *: no such member, integer (#/components/schemas/Thing)",
    ]);
  });

  test("for many unknown members, which are treated as a map", () => {
    const many = Object.fromEntries([..."abcdefghi"].map((letter) => [`team_${letter}`, 1]));
    expect(differences(things, { ...good, ...many })).toEqual([
      "unknown-member *: no such member, integer (#/components/schemas/Thing)",
    ]);
  });
});
