import { describe, expect, it } from "vitest";
import { createProject, fixture, run, temporaryFolder } from "./project.js";

const THINGS = fixture("things.yaml");
const THINGS_SDK = fixture("things.sdk.yaml");

/** Runs the command on inputs that must be refused. Returns the message, and checks that nothing else happened. */
async function refusal(inputs: Parameters<typeof createProject>[0], argv: string[] = []): Promise<string> {
  const project = createProject(inputs);
  const before = project.snapshot();
  const { code, stdout, stderr } = await run(project, argv);
  expect({ code, stdout, tree: project.snapshot() }).toEqual({ code: 1, stdout: "", tree: before });
  expect(stderr).not.toMatch(/\n\s+at /);
  return stderr;
}

describe("an invalid input ends with one message and changes no file:", () => {
  it("broken YAML", async () => {
    expect(await refusal({ spec: fixture("bad-syntax.yaml") })).toMatchInlineSnapshot(`
      "openapi/sfc-preview.yaml:3:10
        Not valid YAML or JSON: Nested mappings are not allowed in compact mappings
        To fix: correct the syntax at this line; the cause may stand a line or two above it.
      "
    `);
  });

  it("broken JSON", async () => {
    expect(await refusal({ spec: '{ "openapi": "3.1.0", "paths": { "/a": [ }' })).toMatchInlineSnapshot(`
      "openapi/sfc-preview.yaml:1:42
        Not valid YAML or JSON: Flow sequence in block collection must be sufficiently indented and end with a ]
        To fix: correct the syntax at this line; the cause may stand a line or two above it.
      "
    `);
  });

  it("a duplicate key", async () => {
    expect(await refusal({ spec: `${THINGS}\ninfo: { title: Again, version: 2.0.0 }\n` })).toMatchInlineSnapshot(`
      "openapi/sfc-preview.yaml:138:1
        Not valid YAML or JSON: Map keys must be unique
        To fix: correct the syntax at this line; the cause may stand a line or two above it.
      "
    `);
  });

  it("an HTML page", async () => {
    expect(await refusal({ spec: "<!doctype html><title>Sign in</title>" })).toMatchInlineSnapshot(`
      "openapi/sfc-preview.yaml
        This is an HTML or XML page, not a YAML or JSON document.
        To fix: save the description itself; a web address of it usually ends in .json or .yaml.
      "
    `);
  });

  it("an empty file", async () => {
    expect(await refusal({ spec: "" })).toMatchInlineSnapshot(`
      "openapi/sfc-preview.yaml
        It must be object.
        To fix: give a whole OpenAPI document of version 3.0 or 3.1.
      "
    `);
  });

  it("a document of Swagger 2.0", async () => {
    expect(await refusal({ spec: fixture("not-openapi.yaml") })).toMatchInlineSnapshot(`
      "openapi/sfc-preview.yaml
        It must have required property 'openapi'.
        To fix: give a whole OpenAPI document of version 3.0 or 3.1.
      "
    `);
  });

  it("an unsupported version of OpenAPI", async () => {
    expect(await refusal({ spec: THINGS.replace("3.1.0", "4.0.0") })).toMatchInlineSnapshot(`
      "openapi/sfc-preview.yaml:2:1 #/openapi
        It must match pattern "^3\\.[01]\\.\\d+".
        To fix: give a whole OpenAPI document of version 3.0 or 3.1.
      "
    `);
  });

  it("references without a target, a duplicate operationId, and a missing one", async () => {
    expect(await refusal({ spec: fixture("contradictions.yaml") })).toMatchInlineSnapshot(`
      "openapi/sfc-preview.yaml:11:52 #/paths/~1a/get/responses/200/content/application~1json/schema/$ref
        The reference "#/components/schemas/Missing" leads to nothing.
      openapi/sfc-preview.yaml:12:27 #/paths/~1a/get/responses/200/headers/X/$ref
        The reference "other.yaml#/X" leads to nothing.
      openapi/sfc-preview.yaml:16:29 #/paths/~1b/get/responses/200/$ref
        The reference "https://example.com/answers.yaml#/ok" leads to the network: generation works offline.
        To fix: correct the name or add what is missing; openapi/overlay.yaml can do it without touching the description.
      "
    `);
    const fixed = fixture("contradictions.yaml").replace(/schema: \{ \$ref: .*? \}/, "schema: {}");
    const local = fixed.replace(/ *headers:.*\n/, "").replace(/\{ \$ref: "https.*?" \}/, "{ description: Fine. }");
    expect(await refusal({ spec: local })).toMatchInlineSnapshot(`
      "openapi/sfc-preview.yaml:14:7 #/paths/~1b/get/operationId
        operationId "list_a" is used twice, as the constant list_a; the other is openapi/sfc-preview.yaml:6:5 #/paths/~1a/get.
        To fix: give each operation an operationId of its own, in letters and digits.
      openapi/sfc-preview.yaml:16:5 #/paths/~1b/post
        POST /b has no operationId.
        To fix: add an operationId: names of methods and rows in openapi/sdk.yaml hang on it.
      "
    `);
  });

  it("two operationIds that lead to the same constant", async () => {
    const spec = THINGS.replace("operationId: list_boxes", "operationId: list-things");
    expect(await refusal({ spec })).toMatchInlineSnapshot(`
      "openapi/sfc-preview.yaml:76:7 #/paths/~1preview~1v2~1boxes/get/operationId
        operationId "list-things" is used twice, as the constant list_things; the other is openapi/sfc-preview.yaml:11:5 #/paths/~1preview~1v2~1things/get.
        To fix: give each operation an operationId of its own, in letters and digits.
      "
    `);
  });

  it("a discriminator with missing targets and no overlay that fixes it", async () => {
    expect(await refusal({ spec: fixture("broken-mapping.yaml") })).toMatchInlineSnapshot(`
      "openapi/sfc-preview.yaml:27:11 #/components/schemas/DeploymentResource/discriminator/mapping/deployment
        The reference "#/components/schemas/sfc-api_DeploymentResponse" leads to nothing.
      openapi/sfc-preview.yaml:28:11 #/components/schemas/DeploymentResource/discriminator/mapping/spot_deployment
        The reference "#/components/schemas/sfc-api_SpotDeploymentResponse" leads to nothing.
      openapi/sfc-preview.yaml:29:11 #/components/schemas/DeploymentResource/discriminator/mapping/stale
        The reference "#/components/schemas/sfc-api_Stale" leads to nothing.
        To fix: correct the name or add what is missing; openapi/overlay.yaml can do it without touching the description.
      "
    `);
  });

  it("an error of the linter", async () => {
    const spec = THINGS.replace(
      "parameters:\n      - { name: id, in: path",
      "x-parameters:\n      - { name: id, in: path",
    );
    expect(await refusal({ spec, sdk: THINGS_SDK })).toMatchInlineSnapshot(`
      "openapi/sfc-preview.yaml:52:5 #/paths/~1preview~1v2~1things~1{id}/get/parameters
        The operation does not define the path parameter \`{id}\` expected by path \`/preview/v2/things/{id}\`. (lint rule path-parameters-defined)
      openapi/sfc-preview.yaml:64:5 #/paths/~1preview~1v2~1things~1{id}/delete/parameters
        The operation does not define the path parameter \`{id}\` expected by path \`/preview/v2/things/{id}\`. (lint rule path-parameters-defined)
        To fix: correct the description, or fix it in openapi/overlay.yaml; redocly.yaml holds the rules.
      "
    `);
  });

  it("two operations with the same name", async () => {
    const sdk = THINGS_SDK.replace("method: get", "method: list");
    expect(await refusal({ spec: THINGS, sdk })).toMatchInlineSnapshot(`
      "openapi/sfc-preview.yaml:52:5 #/paths/~1preview~1v2~1things~1{id}/get
        Operations list_things and fetch_thing both get the name things.list.
        To fix: give one of them another resource or method in its row of openapi/sdk.yaml.
      "
    `);
  });

  it.each([
    ["things", "THINGS", "the file things.ts"],
    ["indexResource", "index", "the file index-resource.ts"],
    ["things", "Things", "the class Things"],
  ])("resources %s and %s, which both lead to %s", async (first, second, what) => {
    const sdk = THINGS_SDK.replaceAll("resource: things", `resource: ${first}`).replace(
      "resource: boxes",
      `resource: ${second}`,
    );
    expect(await refusal({ spec: THINGS, sdk })).toBe(
      `openapi/sdk.yaml\n  Resources ${first} and ${second} both become ${what}.\n` +
        "  To fix: give one of them another name in its rows of openapi/sdk.yaml.\n",
    );
  });

  it("a row of sdk.yaml for an unknown operation", async () => {
    const spec = THINGS.replace("operationId: fetch_thing", "operationId: get_thing");
    const sdk = THINGS_SDK.replace("list_boxes:", "list_crates:");
    expect(await refusal({ spec, sdk })).toMatchInlineSnapshot(`
      "openapi/sdk.yaml:8:3 #/operations/fetch_thing
        Row fetch_thing: the description has no operation of this name (there is \`get_thing\`).
      openapi/sdk.yaml:10:3 #/operations/list_crates
        Row list_crates: the description has no operation of this name.
        To fix: remove the row, or correct its name if the operation was renamed.
      "
    `);
  });

  it("two schemas with the same type name", async () => {
    const spec = THINGS.replaceAll("CreateThingRequest", "ThingResource");
    expect(await refusal({ spec, sdk: THINGS_SDK })).toMatchInlineSnapshot(`
      "openapi/sdk.yaml
        The type name "Thing" is not free: schema "ThingResponse" and schema "ThingResource" both get it.
        To fix: add a row under \`types:\` in openapi/sdk.yaml, for example \`"ThingResource": SomeOtherThing\`.
      "
    `);
  });

  it("an error schema without error.type", async () => {
    const spec = THINGS.replace("type: { type: string, const: not_found }", "kind: { type: string }");
    expect(
      await refusal({ spec: spec.replace("[type, message]", "[message]"), sdk: THINGS_SDK }),
    ).toMatchInlineSnapshot(`
      "openapi/sfc-preview.yaml:29:9 #/paths/~1preview~1v2~1things/get/responses/404
        Response 404 of list_things has schema NotFoundError, which has no \`error.type\`.
      openapi/sfc-preview.yaml:46:9 #/paths/~1preview~1v2~1things/post/responses/404
        Response 404 of create_thing has schema NotFoundError, which has no \`error.type\`.
      openapi/sfc-preview.yaml:61:9 #/paths/~1preview~1v2~1things~1{id}/get/responses/404
        Response 404 of fetch_thing has schema NotFoundError, which has no \`error.type\`.
      openapi/sfc-preview.yaml:71:9 #/paths/~1preview~1v2~1things~1{id}/delete/responses/404
        Response 404 of delete_thing has schema NotFoundError, which has no \`error.type\`.
      openapi/sfc-preview.yaml:84:9 #/paths/~1preview~1v2~1boxes/get/responses/404
        Response 404 of list_boxes has schema NotFoundError, which has no \`error.type\`.
        To fix: give the error schema an \`error\` object with a \`type\`, in the description or in openapi/overlay.yaml.
      "
    `);
  });

  it("a paged list without has_more, and a list without data", async () => {
    const spec = THINGS.replace("has_more: { type: boolean }", "more: { type: boolean }")
      .replace("required: [data, has_more]", "required: [data]")
      .replace("required: [data]\n      properties:\n        data:\n", "properties:\n        rows:\n");
    expect(await refusal({ spec, sdk: THINGS_SDK })).toMatchInlineSnapshot(`
      "openapi/sfc-preview.yaml:25:7 #/paths/~1preview~1v2~1things/get/responses
        The response of list_things has no \`has_more\`, which a list with paging cursor must have.
      openapi/sfc-preview.yaml:80:7 #/paths/~1preview~1v2~1boxes/get/responses
        The response of list_boxes has no list \`data\`, which a list with paging whole must have.
        To fix: correct the description, or the paging column of the row in openapi/sdk.yaml.
      "
    `);
  });

  it("rows of sdk.yaml that contradict the description", async () => {
    const sdk = THINGS_SDK.replace("retry: keyed", "retry: unsafe")
      .replace("method: get, retry: read", "method: get, retry: keyed, repeat404: done")
      .replace("paging: whole", "paging: cursor");
    expect(await refusal({ spec: THINGS, sdk })).toMatchInlineSnapshot(`
      "openapi/sdk.yaml:7:3 #/operations/create_thing
        Row create_thing: retry is unsafe, but the operation declares an Idempotency-Key header.
        To fix: make it keyed.
      openapi/sdk.yaml:8:3 #/operations/fetch_thing
        Row fetch_thing: retry is keyed, but the operation declares no Idempotency-Key header.
        To fix: correct the class, or the description if it lost the header.
      openapi/sdk.yaml:8:3 #/operations/fetch_thing
        Row fetch_thing: repeat404 is only for DELETE operations that declare 404.
        To fix: remove the column.
      openapi/sdk.yaml:10:3 #/operations/list_boxes
        Row list_boxes: paging is cursor, but the operation takes no starting_after.
      openapi/sdk.yaml:10:3 #/operations/list_boxes
        Row list_boxes: paging is cursor, but the operation takes no ending_before.
        To fix: correct the column.
      openapi/sfc-preview.yaml:80:7 #/paths/~1preview~1v2~1boxes/get/responses
        The response of list_boxes has no \`has_more\` and \`cursor\`, which a list with paging cursor must have.
        To fix: correct the description, or the paging column of the row in openapi/sdk.yaml.
      "
    `);
  });

  it("rows of sdk.yaml with invalid values", async () => {
    const sdk = THINGS_SDK.replace("retry: keyed", "retry: idempotent")
      .replace("paging: cursor", "pages: cursor")
      .replace("types: {}", "types: { ThingResponse: a-b }\nextra: {}");
    expect(await refusal({ spec: THINGS, sdk })).toMatchInlineSnapshot(`
      "openapi/sdk.yaml
        It must NOT have additional properties: extra.
      openapi/sdk.yaml:7:3 #/operations/list_things
        It must NOT have additional properties: pages.
      openapi/sdk.yaml:8:53 #/operations/create_thing/retry
        It must be equal to one of the allowed values: read, keyed, absolute, unsafe.
      openapi/sdk.yaml:4:10 #/types/ThingResponse
        It must match pattern "^[A-Za-z_$][\\w$]*$".
        To fix: see the comment at the top of openapi/sdk.yaml for what each column may hold.
      "
    `);
  });

  it("an invalid overlay", async () => {
    expect(await refusal({ spec: THINGS, overlay: "actions: []" })).toMatchInlineSnapshot(`
      "openapi/overlay.yaml
        It must have required property 'overlay'.
        To fix: see the OpenAPI Overlay 1.0 specification, or the actions in openapi/overlay.yaml.
      "
    `);
  });

  it("invalid overlay actions", async () => {
    const overlay = `overlay: 1.0.0
info: { title: t, version: 1.0.0 }
actions:
  - { target: $.info, update: { title: fine } }
  - { target: $.info, delete: true }
  - { target: $.info }
  - { update: {} }
`;
    expect(await refusal({ spec: THINGS, overlay })).toMatchInlineSnapshot(`
      "openapi/overlay.yaml:5:5 #/actions/1
        It must have required property 'update'.
      openapi/overlay.yaml:5:5 #/actions/1
        It must NOT have additional properties: delete.
      openapi/overlay.yaml:6:5 #/actions/2
        It must have required property 'update'.
      openapi/overlay.yaml:7:5 #/actions/3
        It must have required property 'target'.
        To fix: see the OpenAPI Overlay 1.0 specification, or the actions in openapi/overlay.yaml.
      "
    `);
  });

  it("an overlay target that is not a JSONPath", async () => {
    const overlay = fixture("overlay.none.yaml").replace("[]", "[{ target: '$.a[', remove: true }]");
    expect(await refusal({ spec: THINGS, overlay })).toMatchInlineSnapshot(`
      "openapi/overlay.yaml:3:11 #/actions/0
        The target $.a[ is not a JSONPath (RFC 9535): unclosed bracketed selection ('$.a[':4)
        To fix: see the OpenAPI Overlay 1.0 specification, or the actions in openapi/overlay.yaml.
      "
    `);
  });

  it("a missing file", async () => {
    expect(await refusal({ spec: THINGS }, ["--spec", "nowhere.yaml"])).toMatchInlineSnapshot(`
      "nowhere.yaml
        There is no such file.
        To fix: give the path of an existing file, from the folder that the command runs in.
      "
    `);
  });

  it("an unknown option", async () => {
    expect(await refusal({ spec: THINGS }, ["--sepc", "x.yaml"])).toMatchInlineSnapshot(`
      "npm run generate
        Unknown option '--sepc'.
        To fix: see npm run generate -- --help
      "
    `);
  });

  it("an output folder inside src", async () => {
    expect(await refusal({ spec: THINGS }, ["--out", "src/copy"])).toMatchInlineSnapshot(`
      "--out src/copy
        Cannot write the copy there: it lies inside src, where it would become part of the project.
        To fix: give a new or empty folder, or one that this command has written before.
      "
    `);
  });

  it("an output folder with other files", async () => {
    const message = await refusal({ spec: THINGS }, ["--out", "openapi"]);
    expect(message).toContain("Cannot write the copy there: it holds other files already.");
    expect(await refusal({ spec: THINGS }, ["--out", "package.json"])).toContain("it is a file");
  });
});

it("limits the number of listed faults", async () => {
  const spec = THINGS.replaceAll("#/components/schemas/", "#/components/schemata/");
  const message = await refusal({ spec });
  expect(message.match(/leads to nothing/g)).toHaveLength(8);
  expect(message).toMatch(/… and \d+ more\.\n$/);
  expect(message.match(/To fix/g)).toHaveLength(1);
});

it("creates a new output folder", async () => {
  const project = createProject({ spec: THINGS, sdk: THINGS_SDK });
  const folder = `${temporaryFolder()}/deep/copy`;
  expect(await run(project, ["--out", folder])).toMatchObject({ code: 0, stderr: "" });
});
