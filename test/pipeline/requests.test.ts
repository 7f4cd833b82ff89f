import { beforeAll, describe, expect, it } from "vitest";
import { headerSentence, methodComment, serverSentence } from "../../scripts/generate/docs.js";
import { typeErrors } from "./compile.js";
import { modelOf } from "./model-of.js";
import { createProject, fixture, type Project, run } from "./project.js";

const THINGS = fixture("things.yaml");
const SDK = fixture("things.sdk.yaml");

/** The small API with an additional parameter of its list of things. */
const withParameter = (parameter: string) =>
  THINGS.replace(
    "        - { name: box, in: query,",
    `        - { description: D., ${parameter} }\n        - { name: box, in: query,`,
  );

function notices(spec: string): string[] {
  return modelOf(spec, SDK).notices.filter((notice) => notice.startsWith("list_things"));
}

describe("a query parameter whose style the client does not support", () => {
  const list = "schema: { type: array, items: { type: string } }";
  it.each([
    [
      "explode: false",
      `name: x, in: query, explode: false, ${list}`,
      "whose list the client cannot write without repeating the name (explode: false)",
    ],
    [
      "style pipeDelimited",
      `name: x, in: query, style: pipeDelimited, ${list}`,
      "which the client cannot write in style pipeDelimited",
    ],
    [
      "style spaceDelimited",
      `name: x, in: query, style: spaceDelimited, ${list}`,
      "which the client cannot write in style spaceDelimited",
    ],
    [
      "style deepObject",
      "name: x, in: query, style: deepObject, schema: { type: object }",
      "which the client cannot write in style deepObject",
    ],
    [
      "an object",
      "name: x, in: query, schema: { type: object }",
      "which is an object, and the client writes only values and lists",
    ],
    [
      "a nullable object",
      "name: x, in: query, schema: { oneOf: [{ type: 'null' }, { properties: {} }] }",
      "which is an object, and the client writes only values and lists",
    ],
    [
      "JSON in the query",
      "name: x, in: query, content: { application/json: { schema: {} } }",
      "which the client cannot write as application/json",
    ],
  ])("is omitted with a notice when it is optional: %s", (_, parameter, reason) => {
    expect(notices(withParameter(parameter))).toEqual([
      `list_things is generated without the query parameter x, ${reason}`,
    ]);
    const required = parameter.replace("in: query,", "in: query, required: true,");
    expect(notices(withParameter(required))).toEqual([
      `list_things is left out: it requires the query parameter x, ${reason}`,
    ]);
  });

  it.each(["constructor", "__proto__", "toString"])(
    "is omitted when it has the name of a member of every object: %s",
    (name) => {
      const parameter = `name: ${name}, in: query, schema: { type: string }`;
      expect(notices(withParameter(parameter))).toEqual([
        `list_things is generated without the query parameter ${name}, whose name every JavaScript object has`,
      ]);
    },
  );

  it.each([
    ["explode: true", `name: x, in: query, style: form, explode: true, ${list}`],
    ["explode: false of one value", "name: x, in: query, explode: false, schema: { type: string }"],
  ])("while %s is sent", (_, parameter) => {
    expect(notices(withParameter(parameter))).toEqual([]);
  });

  it("in the path causes its operation to be omitted", () => {
    const spec = THINGS.replace("{ name: id, in: path,", "{ name: id, in: path, style: matrix,");
    const left = modelOf(spec, SDK).notices.filter((notice) => notice.includes("style matrix"));
    expect(left.map((notice) => notice.split(":")[0])).toEqual(["fetch_thing is left out", "delete_thing is left out"]);
  });
});

describe("a header or cookie that every call requires", () => {
  const spec = withParameter("name: X-Team, in: header, required: true, schema: { type: string }").replace(
    "- { description: D., name: X-Team",
    "- { description: D., name: session, in: cookie, required: true, schema: { type: string } }\n        - { description: D., name: X-Team",
  );

  it("is named in the docstring and in a notice", () => {
    const model = modelOf(spec, SDK);
    const list = model.operations.find(({ id }) => id === "list_things");
    expect(list && headerSentence(list)).toBe(
      'Requires the cookie `session` (`cookie: "session=…"`) and the header `X-Team` in `options.headers`.',
    );
    expect(list && methodComment(list, "").replace(/\n \* ?/g, " ")).toContain("Requires the cookie `session`");
    expect(notices(spec)).toEqual([
      "list_things requires the cookie session: callers give it in options.headers",
      "list_things requires the header X-Team: callers give it in options.headers",
    ]);
  });

  it("causes no notice when the client sets it itself", () => {
    for (const name of ["Accept", "Content-Type", "Authorization"]) {
      expect(notices(withParameter(`name: ${name}, in: header, required: true, schema: { type: string }`))).toEqual([]);
    }
    const keyed = THINGS.replace(
      "{ name: Idempotency-Key, in: header,",
      "{ name: Idempotency-Key, in: header, required: true,",
    );
    expect(modelOf(keyed, SDK).notices).toEqual([]);
  });
});

describe("a read with a request body", () => {
  const withBody = (required: boolean) =>
    THINGS.replace(
      "description: Lists things, newest first.",
      `description: Lists things.\n      requestBody: { required: ${required}, content: { application/json: { schema: { type: object } } } }`,
    );

  it("is omitted with a notice when the body is required", () => {
    expect(notices(withBody(true))).toEqual(["list_things is left out: a GET cannot carry the body that it requires"]);
  });

  it("is generated without the body when the body is optional", () => {
    const model = modelOf(withBody(false), SDK);
    expect(model.operations.find(({ id }) => id === "list_things")?.body).toBeUndefined();
    expect(model.notices).toEqual(["list_things is generated without its body, which a GET cannot carry"]);
  });

  it("is omitted when it requires an idempotency key", () => {
    expect(
      notices(withParameter("name: Idempotency-Key, in: header, required: true, schema: { type: string }")),
    ).toEqual(["list_things is left out: it requires an Idempotency-Key, which the client gives to writes alone"]);
  });
});

describe("the default base URL", () => {
  const serverOf = (servers: string) =>
    modelOf(THINGS.replace("servers: [{ url: https://api.example.com }]", servers), SDK).server;

  it.each([
    ["servers: [{ url: https://api.example.org }]", "https://api.example.org"],
    ["servers: [{ url: https://api.example.org/v1/ }]", "https://api.example.org/v1"],
    ["servers: [{ url: https://api.example.org }, { url: https://staging.example.org }]", "https://api.example.org"],
    ["servers: [{ url: 'http://localhost:3000' }, { url: https://api.example.org }]", "https://api.example.org"],
    ["servers: [{ url: / }, { url: https://api.example.org }]", "https://api.example.org"],
    [
      "servers: [{ url: 'https://{region}.example.org/{base}', variables: { region: { default: eu, enum: [us, eu] }, base: { default: v2 } } }]",
      "https://eu.example.org/v2",
    ],
    ["servers: [{ url: 'https://user:word@example.org' }]", undefined],
    ["servers: [{ url: 'https://example.org/?a=1' }]", undefined],
    ["servers: [{ url: /v2 }]", undefined],
    ["servers: [{ url: 'https://{host}' }]", undefined],
    ["x-none: true", undefined],
  ])("of %s is %s", (servers, url) => {
    expect(serverOf(servers)).toBe(url);
  });

  it("is missing with a notice when the description has none", () => {
    const { notices: all } = modelOf(THINGS.replace(/servers:.*\n/, ""), SDK);
    expect(all).toContain("the description names no https: server: clients must be given their baseUrl");
  });

  it("does not apply to an operation with its own server, which the docstring names", () => {
    const own = (url: string) =>
      THINGS.replace("operationId: list_things", `operationId: list_things\n      servers: [{ url: ${url} }]`);
    const list = modelOf(own("https://files.example.com"), SDK).operations[0];
    expect(list && serverSentence(list)).toBe(
      "The API serves this operation at `https://files.example.com`: use a client with that `baseUrl`.",
    );
    expect(notices(own("https://files.example.com"))).toEqual([
      "list_things has an address of its own, https://files.example.com; the client sends it to its base URL",
    ]);
    expect(notices(own("https://api.example.com/"))).toEqual([]);
    const ofPath = THINGS.replace(
      "/preview/v2/boxes:\n",
      "/preview/v2/boxes:\n    servers: [{ url: https://boxes.example.com }]\n",
    );
    expect(modelOf(ofPath, SDK).notices.join()).toContain("list_boxes has an address of its own");
  });
});

describe("the generated code", () => {
  let project: Project;

  beforeAll(async () => {
    const spec = withParameter("name: X-Team, in: header, required: true, schema: { type: string }")
      .replace(
        "- { name: box,",
        "- { name: price, in: query, description: D., style: deepObject, schema: { type: object } }\n        - { name: box,",
      )
      .replace("https://api.example.com", "https://things.example.org/api/");
    project = createProject({ spec, sdk: SDK });
    const { code, stderr } = await run(project);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  }, 60_000);

  it("requires a header by type, has no parameter that cannot be sent, and contains the server URL", () => {
    project.write(
      "src/use.ts",
      `import type { Things } from "./generated/resources/index.js";
import { server } from "./generated/server.js";
export const url: "https://things.example.org/api" | string = server;
export const fine = (things: Things) => things.list({ limit: 2 }, { headers: { "X-Team": "blue", other: "x" } });
// @ts-expect-error the header is missing
export const lacking = (things: Things) => things.list({ limit: 2 });
// @ts-expect-error the header is missing among the headers
export const other = (things: Things) => things.list({ limit: 2 }, { headers: { other: "x" } });
// @ts-expect-error there is no such parameter, because it cannot be sent
export const priced = (things: Things) => things.list({ price: {} }, { headers: { "X-Team": "blue" } });
`,
    );
    const options = project.read("src/wrappers/options.ts");
    project.write(
      "src/wrappers/options.ts",
      options.replace(
        "{ readonly signal?: AbortSignal }",
        "{ readonly signal?: AbortSignal; readonly headers?: Readonly<Record<string, string>> }",
      ),
    );
    expect(typeErrors(project.root)).toEqual([]);
    expect(project.read("src/generated/server.ts")).toContain(
      'export const server: string = "https://things.example.org/api";',
    );
  }, 60_000);
});
