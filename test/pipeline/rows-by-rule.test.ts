import { expect, it } from "vitest";
import { modelOf } from "./model-of.js";
import { fixture } from "./project.js";

const names = (model: ReturnType<typeof modelOf>) => model.operations.map(({ id, descriptor: { name } }) => [id, name]);

it("keeps a second version of the API beside the first, and uses a new noun unchanged", () => {
  const sdk =
    "resources: { things: { tags: [Things] } }\noperations:\n" +
    "  list_things: { resource: things, method: list, retry: read, paging: whole }\n";
  const model = modelOf(fixture("second-version.yaml"), sdk);
  expect(names(model)).toEqual([
    ["list_things", "things.list"],
    ["list_stable_things", "thingsV2.listStable"],
    ["archive_thing_v2", "thingsV2.archive"],
    ["replace_firewall_rules_handler", "firewalls.replaceRules"],
  ]);
  expect(model.resources.map(({ className, file }) => [className, file])).toEqual([
    ["Things", "things"],
    ["ThingsV2", "things-v2"],
    ["Firewalls", "firewalls"],
  ]);
});

it("treats the version with rows as the first, even when most operations belong to the other", () => {
  const sdk =
    "resources: { things: { tags: [Things] } }\noperations:\n" +
    "  list_stable_things: { resource: things, method: list, retry: read, paging: whole }\n";
  expect(names(modelOf(fixture("second-version.yaml"), sdk)).slice(0, 3)).toEqual([
    ["list_stable_things", "things.list"],
    ["list_things", "thingsPreviewV2.list"],
    ["archive_thing_v2", "things.archive"],
  ]);
});

it("finds the resource by path rather than by tag, and reports its decision", () => {
  const sdk = "resources:\n  things: { tags: [Things] }\n  archive: { paths: [/v2/things] }\n";
  const { operations, notices } = modelOf(fixture("second-version.yaml"), sdk);
  expect(operations.map(({ resource }) => resource)).toEqual(["things", "archive", "archive", "firewalls"]);
  expect(notices).toContain(
    "archive_thing_v2 has no row in openapi/sdk.yaml; by rule: { resource: archive, method: archiveThing, retry: unsafe }",
  );
});

it("derives paging and retry class of an operation without a row", () => {
  const descriptors = modelOf(fixture("things.yaml")).operations.map(({ descriptor }) => descriptor);
  expect(descriptors.map(({ name, retry, paging, repeat404 }) => [name, retry, paging, repeat404])).toEqual([
    ["things.list", "read", "cursor", undefined],
    ["things.create", "keyed", undefined, undefined],
    ["things.get", "read", undefined, undefined],
    ["things.delete", "absolute", undefined, undefined],
    ["boxes.list", "read", "whole", undefined],
  ]);
});

it("builds a descriptor from the description", () => {
  const { operations } = modelOf(fixture("things.yaml"), fixture("things.sdk.yaml"));
  expect(operations.map(({ descriptor }) => descriptor)).toMatchInlineSnapshot(`
    [
      {
        "maxLimit": 200,
        "method": "GET",
        "name": "things.list",
        "paging": "cursor",
        "path": "/preview/v2/things",
        "retry": "read",
      },
      {
        "body": true,
        "method": "POST",
        "name": "things.create",
        "path": "/preview/v2/things",
        "retry": "keyed",
      },
      {
        "method": "GET",
        "name": "things.get",
        "path": "/preview/v2/things/{id}",
        "retry": "read",
      },
      {
        "empty": true,
        "lookup": "things.get",
        "method": "DELETE",
        "name": "things.delete",
        "path": "/preview/v2/things/{id}",
        "repeat404": "done",
        "retry": "absolute",
      },
      {
        "method": "GET",
        "name": "boxes.list",
        "paging": "whole",
        "path": "/preview/v2/boxes",
        "retry": "read",
      },
    ]
  `);
});

it("omits an operation that does not use JSON, and reports a required header", () => {
  const spec = fixture("things.yaml")
    .replace('application/json: { schema: { $ref: "#/components/schemas/ListBoxesResponse" } }', "text/csv: {}")
    .replace(
      "schema: { type: string } }\n      requestBody",
      "schema: { type: string } }\n        - { name: X-Team, in: header, required: true, schema: { type: string } }\n      requestBody",
    );
  const model = modelOf(spec);
  expect(model.operations.map(({ id }) => id)).not.toContain("list_boxes");
  expect(model.notices.slice(-2)).toEqual([
    "list_boxes is left out: it accepts or returns something other than JSON, which generated methods do not",
    "create_thing requires the header X-Team: callers give it in options.headers",
  ]);
});

it("reports a type row that no operation uses", () => {
  const sdk = fixture("things.sdk.yaml").replace("types: {}", "types: { Gone: GoneThing, ThingResponse: Item }");
  const model = modelOf(fixture("things.yaml"), sdk);
  expect(model.notices).toEqual(["openapi/sdk.yaml: row Gone under types: names a schema that no operation reaches"]);
  expect(model.operations[2]?.response).toBe("Item");
});
