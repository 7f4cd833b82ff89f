import { type Mutation, newOperation, refTo } from "../mutation.js";

const IDS = ["default", "constructor", "new", "delete", "a-b", "2fa", "toString"];

export const names: Mutation[] = [
  {
    name: "operations have unusual names",
    impact: "minor",
    says: [
      "`aBC.default`: is new (GET /preview/v2/odd/default)",
      "`aBC.constructor_`: is new (GET /preview/v2/odd/constructor)",
      "`aBC.new`: is new (GET /preview/v2/odd/new)",
      "`aBC.delete`: is new (GET /preview/v2/odd/delete)",
      "`aBC.aB`: is new (GET /preview/v2/odd/a-b)",
      "`aBC.n2fa`: is new (GET /preview/v2/odd/2fa)",
      "`aBC.toString_`: is new (GET /preview/v2/odd/toString)",
    ],
    change: (draft) => {
      for (const id of IDS) draft.paths[`/preview/v2/odd/${id}`] = { get: newOperation(id, { tags: ["a-b c"] }) };
    },
  },
  {
    name: "a tag has no letter that is valid in a name",
    impact: "minor",
    says: ["`firewalls.list`: is new (GET /preview/v2/firewalls)"],
    change: (draft) => {
      draft.paths["/preview/v2/firewalls"] = { get: newOperation("list_firewalls", { tags: ["防火墙"] }) };
    },
  },
  {
    name: "operationIds differ only in parts that the rule omits",
    impact: "minor",
    says: ["`quotes.get`: is new (GET /v2/quotes)", "`quotes.getQuotePreviewV2`: is new (GET /v2/quotes/preview)"],
    change: (draft) => {
      draft.paths["/v2/quotes"] = { get: newOperation("get_quote_v2", { tags: ["Quotes"] }) };
      draft.paths["/v2/quotes/preview"] = { get: newOperation("get_quote_preview_v2", { tags: ["Quotes"] }) };
    },
  },
  {
    name: "schemas have unusual names",
    impact: "minor",
    says: [
      "`PoolSummary.uses_8` is new",
      "`PoolSummary.uses_3` is new",
      "`PoolSummary.uses_7` is new",
      "`PoolSummary.uses_5` is new",
    ],
    change: (draft) => {
      for (const name of ["v2.Thing", "a-b", "default", "Error", "new"]) {
        draft.schemas[name] = { type: "object", properties: { id: { type: "string" } } };
        draft.setProperty("PoolSummary", `uses_${name.length}`, refTo(name));
      }
    },
  },
  {
    name: "properties have unusual names",
    impact: "minor",
    says: [
      "`PoolSummary.constructor` is new",
      "`PoolSummary.a-b` is new",
      "`PoolSummary.default` is new",
      "`PoolSummary.2fa` is new",
      "`PoolSummary.with space` is new",
      "`PoolSummary.*/` is new",
    ],
    change: (draft) => {
      for (const name of ["constructor", "a-b", "default", "2fa", "with space", "*/"]) {
        draft.setProperty("PoolSummary", name, { type: "string" });
      }
    },
  },
  {
    name: "two schemas would get one name",
    change: (draft) => {
      draft.schemas.OrderResource = { type: "object" };
      draft.setProperty("PoolSummary", "order", refTo("OrderResource"));
    },
    refused: /The type name "Order" is not free/,
  },
  {
    name: "a description tries to end its comment",
    impact: "patch",
    says: [],
    change: (draft) => {
      draft.operation("list_pools").description = "Ends here */ process.exit(1); /* and @throws nothing";
    },
  },
  {
    name: "all descriptions are reworded",
    impact: "patch",
    says: [],
    change: (draft) => {
      draft.operation("list_pools").description = "Other words.";
      draft.schema("PoolSummary").description = "Other words.";
    },
  },
  {
    name: "keys are in another order",
    impact: "none",
    says: [],
    change: (draft) => {
      Object.assign(draft.document, reversed(draft.document) as object);
      draft.document.components = reversed(draft.document.components);
      draft.document.paths = reversed(draft.document.paths);
    },
  },
  {
    name: "the server URL changes",
    impact: "major",
    says: ["the client: the default address is now `https://api.example.com` (was `https://api.sfcompute.com`)"],
    change: (draft) => {
      draft.document.servers = [{ url: "https://api.example.com" }];
    },
  },
  {
    name: "another way to authenticate is described",
    impact: "patch",
    says: ["the description: SecurityScheme added (components securitySchemes session)"],
    change: (draft) => {
      draft.document.components.securitySchemes.session = { type: "apiKey", in: "cookie", name: "session" };
    },
  },
  {
    name: "nothing changes",
    impact: "none",
    says: [],
    change: () => undefined,
  },
];

function reversed(node: unknown): unknown {
  return Object.fromEntries(Object.entries(node as object).reverse());
}
