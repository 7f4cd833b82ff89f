import { describe, expect, it } from "vitest";
import { listOperations } from "../../scripts/generate/operations.js";
import { pairMembers, pairOwners } from "../../scripts/spec/differences.js";
import { memberEntries } from "../../scripts/spec/member-entries.js";
import { pairOperations } from "../../scripts/spec/operations.js";
import { methodEntry, sentence } from "../../scripts/spec/report.js";
import { compareRequests, compareServers } from "../../scripts/spec/requests.js";
import type { Side } from "../../scripts/spec/side.js";
import { readBase } from "../mutations/base.js";
import { Draft } from "../mutations/mutation.js";

const { description, table } = readBase(true);
const TEXT = { type: "string" };
const UNSENT = "; the client cannot write it so, and no longer accepts it";

/** The reported differences in how requests are sent, once for the change and once for its reversal. */
function said(change: (draft: Draft) => void, isBackwards = false, base: object = description): string[] {
  const draft = new Draft(structuredClone(base));
  change(draft);
  const sides = [base, draft.document].map(sideOf);
  const [before, after] = isBackwards ? sides.toReversed() : sides;
  if (before === undefined || after === undefined) throw new Error("There are no two sides.");
  const pairs = pairOperations(before, after);
  const renames = { schemas: new Map(), operations: new Map() };
  const owners = pairOwners(before, after, renames).pairs.filter(({ after }) => /^(headers|path) /.test(after.key));
  const entries = [
    ...pairs.flatMap((pair) => [...compareRequests(pair)].map((news) => methodEntry(pair.after.descriptor.name, news))),
    ...owners.flatMap((pair) => pairMembers(pair, before, after, renames).flatMap((one) => memberEntries(one))),
    ...compareServers(before.document, after.document),
  ];
  return entries.map((entry) => `${entry.impact} ${sentence(entry)}`);
}

/** A description with its operations, but without the types that are generated from it. */
function sideOf(document: unknown): Side {
  const operations = listOperations(document).operations.map((raw) => {
    const { resource = "", method = "" } = table.operations.get(raw.id) ?? {};
    return { raw, id: raw.id, descriptor: { name: `${resource}.${method}` } };
  });
  return { document, model: { types: [], operations } } as unknown as Side;
}

function header(name: string, required: boolean, place = "header") {
  return { name, in: place, required, schema: TEXT };
}

describe("a header or cookie", () => {
  it("that is new and required breaks every call", () => {
    expect(said((draft) => draft.addParameter("create_order", header("X-Org", true)))).toEqual([
      "major `orders.create`: the header `X-Org` is new and required",
    ]);
    expect(said((draft) => draft.addParameter("create_order", header("sid", true, "cookie")))).toEqual([
      "major `orders.create`: the cookie `sid` is new and required",
    ]);
  });

  it("that is required by a whole path breaks each of its methods", () => {
    const change = (draft: Draft) => {
      draft.path("/preview/v2/orders/{id}").parameters = [header("X-Org", true)];
    };
    expect(said(change)).toEqual([
      "major `orders.get`: the header `X-Org` is new and required",
      "major `orders.cancel`: the header `X-Org` is new and required",
    ]);
  });

  it("that is optional breaks nothing", () => {
    expect(said((draft) => draft.addParameter("create_order", header("X-Org", false)))).toEqual([
      "minor `orders.create`: the header `X-Org` is new",
    ]);
  });

  it("that is removed may be ignored by the service, whatever the caller intended", () => {
    expect(said((draft) => draft.addParameter("create_order", header("X-Dry-Run", false)), true)).toEqual([
      "major `orders.create`: the header `X-Dry-Run` is gone",
    ]);
  });

  it("is compared like any member, regardless of the case of its name", () => {
    const base = structuredClone(description);
    new Draft(base).addParameter("create_order", header("X-Org", false));
    const change = (more: object) => (draft: Draft) =>
      void Object.assign(draft.parameter("create_order", "X-Org"), more);
    expect(said(change({ name: "x-org" }), false, base)).toEqual([]);
    expect(said(change({ required: true }), false, base)).toEqual([
      "major `orders.create`: the header `X-Org` is now required",
    ]);
    expect(said(change({ deprecated: true }), false, base)).toEqual([
      "minor `orders.create`: the header `X-Org` is deprecated",
    ]);
    expect(said(change({ schema: { type: "integer" } }), false, base)).toEqual([
      "major `orders.create`: the header `X-Org` is now number (was string)",
    ]);
  });

  it("is ignored if OpenAPI describes it elsewhere", () => {
    const change = (draft: Draft) => {
      for (const name of ["Accept", "Content-Type", "authorization"]) {
        draft.addParameter("create_order", header(name, true));
      }
    };
    expect(said(change)).toEqual([]);
  });

  it("with the idempotency key can become required without a report, because the client always sends it", () => {
    const change = (draft: Draft) => {
      draft.parameter("create_order", "Idempotency-Key").required = true;
    };
    expect(said(change)).toEqual([
      "patch `orders.create`: requires an idempotency key now; the client sends one with every call, so calls stay as they are",
    ]);
  });
});

describe("a query parameter", () => {
  it.each([
    [{ explode: false }, "`status=a,b`", UNSENT],
    [{ style: "pipeDelimited" }, "`status=a|b`", UNSENT],
    [{ style: "spaceDelimited", explode: false }, "`status=a%20b`", UNSENT],
    [{ allowReserved: true }, "`status=a&status=b with reserved characters`", ""],
  ])("with a list breaks calls when it is sent as %j", (style, example, rest) => {
    const change = (draft: Draft) => Object.assign(draft.parameter("list_instances", "status"), style);
    expect(said(change)).toEqual([
      `major \`instances.list\`: \`status\` is now sent as ${example} (was \`status=a&status=b\`)${rest}`,
    ]);
  });

  it("with an object breaks calls when its style changes", () => {
    const filter = { name: "filter", schema: { type: "object", properties: { a: TEXT } } };
    const base = structuredClone(description);
    new Draft(base).addParameter("list_instances", filter);
    const change = (draft: Draft) => {
      draft.parameter("list_instances", "filter").style = "deepObject";
    };
    expect(said(change, false, base)).toEqual([
      `major \`instances.list\`: \`filter\` is now sent as \`filter[key]=a&filter[other]=b\` (was \`key=a&other=b\`)${UNSENT}`,
    ]);
  });

  it("with one value is not affected by style and explode", () => {
    const change = (draft: Draft) =>
      Object.assign(draft.parameter("list_orders", "limit"), { style: "form", explode: false });
    expect(said(change)).toEqual([]);
  });
});

describe("a server URL", () => {
  it("that is the client's default breaks code that allows or records requests by host", () => {
    const change = (draft: Draft) => {
      draft.document.servers = [{ url: "https://{region}.example.com/v2/", variables: { region: { default: "eu" } } }];
    };
    expect(said(change)).toEqual([
      "major the client: the default address is now `https://eu.example.com/v2` (was `https://api.sfcompute.com`)",
    ]);
  });

  it("after the first is only mentioned", () => {
    expect(said((draft) => draft.document.servers.push({ url: "https://eu.example.com" }))).toEqual([
      "patch the client: the description names `https://eu.example.com` as another address",
    ]);
  });

  it("that becomes the first is a new default", () => {
    const change = (draft: Draft) => draft.document.servers.unshift({ url: "https://eu.example.com" });
    expect(said(change)).toEqual([
      "major the client: the default address is now `https://eu.example.com` (was `https://api.sfcompute.com`)",
    ]);
  });

  it("of one operation is reported with its method", () => {
    const change = (draft: Draft) => {
      draft.operation("create_order").servers = [{ url: "https://orders.example.com" }];
    };
    expect(said(change)).toEqual([
      "major `orders.create`: has an address of its own, `https://orders.example.com`; the client sends it to its base URL",
    ]);
  });
});

it("the limits of an id in a path are reported", () => {
  const change = (draft: Draft) => {
    draft.parameter("delete_workspace_handler", "workspace").schema = { type: "string", pattern: "^w$" };
  };
  expect(said(change)).toEqual([
    'patch `workspaces.delete`: `workspace` in the path has other limits: pattern "^w$" (was pattern "(wksp_[0-9a-zA-Z_-]{1,21})|(sfc:workspace:[a-zA-Z0-9._-]+(:[a-zA-Z0-9._-]+){1,1})")',
  ]);
});

it("a path parameter may be renamed, because methods accept it by position", () => {
  const change = (draft: Draft) => {
    draft.parameter("delete_workspace_handler", "workspace").name = "workspace_id";
  };
  expect(said(change)).toEqual([]);
});

describe("a body", () => {
  it("with a content type that the client does not send is refused by the service", () => {
    const change = (draft: Draft) => {
      const { content } = draft.operation("update_pool").requestBody;
      content["application/merge-patch+json"] = content["application/json"];
      delete content["application/json"];
    };
    expect(said(change)).toEqual([
      "major `pools.update`: takes its body as `application/merge-patch+json` (was `application/json`), while the client sends `application/json`",
    ]);
  });

  it("with an additional content type is sent as before", () => {
    const change = (draft: Draft) => {
      draft.operation("update_pool").requestBody.content["application/yaml"] = { schema: TEXT };
    };
    expect(said(change)).toEqual([]);
  });
});

describe("authentication", () => {
  const withKey = (draft: Draft, security: object[]) => {
    draft.document.components.securitySchemes.key = { type: "apiKey", in: "header", name: "X-Key" };
    draft.operation("create_order").security = security;
  };

  it("that requires another header breaks every call", () => {
    expect(said((draft) => withKey(draft, [{ key: [] }]))).toEqual([
      "major `orders.create`: requires the header `X-Key` now, which the client does not send by itself",
    ]);
  });

  it("may offer alternatives to the token", () => {
    const [name = ""] = Object.keys((description as { security?: object[] }).security?.[0] ?? {});
    expect(said((draft) => withKey(draft, [{ key: [] }, { [name]: [] }]))).toEqual([]);
    expect(said((draft) => withKey(draft, []))).toEqual([]);
  });
});
