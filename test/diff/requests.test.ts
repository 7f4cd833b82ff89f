import { describe, expect, it } from "vitest";
import { listOperations } from "../../scripts/generate/operations.js";
import { sentence } from "../../scripts/spec/report.js";
import { compareParameters, compareSecurity, compareServers } from "../../scripts/spec/requests.js";
import type { SideOperation } from "../../scripts/spec/side.js";
import { readBase } from "../mutations/base.js";
import { Draft } from "../mutations/mutation.js";

const { description, table } = readBase(true);
const TEXT = { type: "string" };

/** What the difference says of how requests are sent, once with the change and once with it taken back. */
function said(change: (draft: Draft) => void, isBackwards = false): string[] {
  const draft = new Draft(structuredClone(description));
  change(draft);
  const sides = isBackwards ? [draft.document, description] : [description, draft.document];
  const [before, after] = sides.map((document) => {
    const { operations } = listOperations(document);
    const entries = operations.map((raw) => {
      const { resource = "", method = "" } = table.operations.get(raw.id) ?? {};
      return [raw.id, { raw, name: `${resource}.${method}` } as SideOperation] as const;
    });
    return new Map(entries);
  });
  const pairs = [...(before ?? [])].flatMap(([id, one]) => {
    const other = after?.get(id);
    return other ? [{ before: one, after: other }] : [];
  });
  const entries = [
    ...compareParameters(pairs),
    ...pairs.flatMap(compareSecurity),
    ...compareServers(pairs, sides[0], sides[1]),
  ];
  return entries.map((entry) => `${entry.impact} ${sentence(entry)}`);
}

function header(name: string, required: boolean, place = "header") {
  return { name, in: place, required, schema: TEXT };
}

describe("a header or cookie", () => {
  it("that is new and required breaks every call", () => {
    expect(said((draft) => draft.addParameter("create_order", header("X-Org", true)))).toEqual([
      "major `orders.create`: requires the header `X-Org` now",
    ]);
    expect(said((draft) => draft.addParameter("create_order", header("sid", true, "cookie")))).toEqual([
      "major `orders.create`: requires the cookie `sid` now",
    ]);
  });

  it("that a whole path requires breaks each of its methods", () => {
    const change = (draft: Draft) => {
      draft.path("/preview/v2/orders/{id}").parameters = [header("X-Org", true)];
    };
    expect(said(change)).toEqual([
      "major `orders.get`: requires the header `X-Org` now",
      "major `orders.cancel`: requires the header `X-Org` now",
    ]);
  });

  it("that may be left out breaks nothing", () => {
    expect(said((draft) => draft.addParameter("create_order", header("X-Org", false)))).toEqual([
      "minor `orders.create`: takes the header `X-Org`, which may be left out",
    ]);
  });

  it("that is gone may be ignored, whatever the caller meant by it", () => {
    expect(said((draft) => draft.addParameter("create_order", header("X-Dry-Run", false)), true)).toEqual([
      "major `orders.create`: no longer accepts the header `X-Dry-Run`",
    ]);
  });

  it("is ignored where OpenAPI describes it elsewhere", () => {
    const change = (draft: Draft) => {
      for (const name of ["Accept", "Content-Type", "authorization"]) {
        draft.addParameter("create_order", header(name, true));
      }
    };
    expect(said(change)).toEqual([]);
  });

  it("with the idempotency key may be required without a word to callers, because the client always sends it", () => {
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
    [{ explode: false }, "`status=a,b`"],
    [{ style: "pipeDelimited" }, "`status=a|b`"],
    [{ style: "spaceDelimited", explode: false }, "`status=a%20b`"],
    [{ allowReserved: true }, "`status=a&status=b with reserved characters`"],
  ])("with a list that is sent as %j breaks calls", (style, example) => {
    const change = (draft: Draft) => Object.assign(draft.parameter("list_instances", "status"), style);
    expect(said(change)).toEqual([
      `major \`instances.list\`: \`status\` is now sent as ${example} (was \`status=a&status=b\`)`,
    ]);
  });

  it("with an object can be sent as one of its own", () => {
    const filter = { name: "filter", schema: { type: "object", properties: { a: TEXT } } };
    const was = structuredClone(description);
    const draft = new Draft(was);
    draft.addParameter("list_instances", filter);
    const other = structuredClone(was);
    new Draft(other).parameter("list_instances", "filter").style = "deepObject";
    const operationIn = (document: unknown) => {
      const raw = listOperations(document).operations.find(({ id }) => id === "list_instances");
      return { raw, name: "instances.list" } as SideOperation;
    };
    const entries = compareParameters([{ before: operationIn(was), after: operationIn(other) }]);
    expect(entries.map(sentence)).toEqual([
      "`instances.list`: `filter` is now sent as `filter[key]=a` (was `key=a&other=b`)",
    ]);
  });

  it("with one value is sent the same, whatever is written out", () => {
    const change = (draft: Draft) =>
      Object.assign(draft.parameter("list_orders", "limit"), { style: "form", explode: false });
    expect(said(change)).toEqual([]);
  });
});

describe("an address", () => {
  it("that is the client's default breaks what allows or records requests by their host", () => {
    const change = (draft: Draft) => {
      draft.document.servers = [{ url: "https://{region}.example.com/v2/", variables: { region: { default: "eu" } } }];
    };
    expect(said(change)).toEqual([
      "major the client: the default address is now `https://eu.example.com/v2` (was `https://api.sfcompute.com`)",
    ]);
  });

  it("beside the first is only named", () => {
    expect(said((draft) => draft.document.servers.push({ url: "https://eu.example.com" }))).toEqual([
      "patch the client: the description names `https://eu.example.com` as another address",
    ]);
  });

  it("in another order is another default", () => {
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

describe("a body", () => {
  it("of another content type than the client sends is refused by the service", () => {
    const change = (draft: Draft) => {
      const { content } = draft.operation("update_pool").requestBody;
      content["application/merge-patch+json"] = content["application/json"];
      delete content["application/json"];
    };
    expect(said(change)).toEqual([
      "major `pools.update`: takes its body as `application/merge-patch+json` (was `application/json`), while the client sends `application/json`",
    ]);
  });

  it("that may have another content type as well is sent as before", () => {
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

  it("by something other than the token breaks every call", () => {
    expect(said((draft) => withKey(draft, [{ key: [] }]))).toEqual([
      "major `orders.create`: requires the header `X-Key` now, which the client does not send by itself",
    ]);
  });

  it("may also be by something other than the token", () => {
    const [name = ""] = Object.keys((description as { security?: object[] }).security?.[0] ?? {});
    expect(said((draft) => withKey(draft, [{ key: [] }, { [name]: [] }]))).toEqual([]);
    expect(said((draft) => withKey(draft, []))).toEqual([]);
  });
});
