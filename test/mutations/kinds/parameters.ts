import type { Mutation } from "../mutation.js";

const CURSORS = [
  { name: "starting_after", required: false, schema: { type: "string" } },
  { name: "ending_before", required: false, schema: { type: "string" } },
];

export const parameters: Mutation[] = [
  {
    name: "an optional parameter is added",
    impact: "minor",
    says: ["`pools.list`: `owner` is new"],
    change: (draft) => draft.addParameter("list_pools", { name: "owner", schema: { type: "string" } }),
  },
  {
    name: "a required parameter is added",
    impact: "major",
    says: ["`pools.list`: `owner` is new and required"],

    change: (draft) => draft.addParameter("list_pools", { name: "owner", required: true, schema: { type: "string" } }),
  },
  {
    name: "a required header is added",
    impact: "major",
    says: ["`pools.list`: the header `X-Team` is new and required"],
    notices: [/^list_pools requires the header X-Team: callers give it in options.headers$/],
    change: (draft) =>
      draft.addParameter("list_pools", { name: "X-Team", in: "header", required: true, schema: { type: "string" } }),
  },
  {
    name: "a required cookie is added",
    impact: "major",
    says: ["`pools.list`: the cookie `session` is new and required"],
    notices: [/^list_pools requires the cookie session: callers give it in options.headers$/],
    change: (draft) =>
      draft.addParameter("list_pools", { name: "session", in: "cookie", required: true, schema: { type: "string" } }),
  },
  {
    name: "a list of a query is written in another style",
    impact: "major",
    says: [
      "`instances.list`: `tag_key` is now sent as `tag_key=a,b` (was `tag_key=a&tag_key=b`); the client cannot write it so, and no longer accepts it",
    ],
    notices: [/^list_instances is generated without the query parameter tag_key, whose list the client cannot write/],
    change: (draft) => {
      draft.parameter("list_instances", "tag_key").explode = false;
    },
  },
  {
    name: "a query gets an object",
    impact: "minor",
    says: ["`pools.list`: `price` is new"],
    notices: [
      /^list_pools is generated without the query parameter price, which the client cannot write in style deepObject/,
    ],
    change: (draft) =>
      draft.addParameter("list_pools", {
        name: "price",
        style: "deepObject",
        schema: { type: "object", properties: { min: { type: "integer" } } },
      }),
  },
  {
    name: "a query requires a parameter that cannot be sent",
    impact: "major",
    says: [
      "`instances.getSsh`: is left out of the client (GET /preview/v2/instances/{id}/ssh): it requires the query parameter filter, which the client cannot write in style pipeDelimited",
    ],
    notices: [
      /^get_instance_ssh is left out: it requires the query parameter filter, which the client cannot write in style pipe/,
    ],
    change: (draft) =>
      draft.addParameter("get_instance_ssh", {
        name: "filter",
        required: true,
        style: "pipeDelimited",
        schema: { type: "array", items: { type: "string" } },
      }),
  },
  {
    name: "a parameter is removed",
    impact: "major",
    says: ["`instances.list`: `tag_key` is gone"],
    change: (draft) => draft.removeParameter("list_instances", "tag_key"),
  },
  {
    name: "a parameter gets another type",
    impact: "major",
    says: ["`instances.list`: `created_after` is now string (was number)"],
    change: (draft) => {
      draft.parameter("list_instances", "created_after").schema = { type: "string" };
    },
  },
  {
    name: "a parameter takes more than before",
    impact: "minor",
    says: ["`instances.list`: `created_after` is now number | string (was number)"],
    change: (draft) => {
      draft.parameter("list_instances", "created_after").schema = { type: ["integer", "string"] };
    },
  },
  {
    name: "a parameter takes one value where it took a list",
    impact: "major",
    says: ["`instances.list`: `tag` is now string (was string[])"],
    change: (draft) => {
      draft.parameter("list_instances", "tag").schema = { type: "string" };
    },
  },
  {
    name: "a parameter becomes required",
    impact: "major",
    says: ["`instances.list`: `workspace` is now required"],
    change: (draft) => {
      draft.parameter("list_instances", "workspace").required = true;
    },
  },
  {
    name: "a parameter is no longer required",
    impact: "minor",
    says: ["`deployments.list`: `workspace` may now be left out"],

    change: (draft) => {
      draft.parameter("list_deployments", "workspace").required = false;
    },
  },
  {
    name: "a parameter is deprecated",
    impact: "minor",
    says: ["`instances.list`: `tag_key` is deprecated"],
    change: (draft) => {
      draft.parameter("list_instances", "tag_key").deprecated = true;
    },
  },
  {
    name: "pages become smaller",
    impact: "patch",
    says: [
      "`orders.list`: asks for pages of at most 100 (was 200)",
      "`orders.list`: `limit` has other limits: maximum 100 (was maximum 200)",
    ],
    change: (draft) => {
      draft.parameter("list_orders", "limit").schema.maximum = 100;
    },
  },
  {
    name: "the key header is added",
    impact: "minor",
    says: ["`instances.create`: accepts an idempotency key, so that the client now retries it"],
    short: "called",
    change: (draft) =>
      draft.addParameter("create_instance", {
        name: "Idempotency-Key",
        in: "header",
        required: false,
        schema: { type: "string" },
      }),
  },
  {
    name: "the key header is removed",
    impact: "major",
    says: ["`orders.create`: no longer accepts an idempotency key; after a lost response the client cannot retry it"],
    change: (draft) => draft.removeParameter("create_order", "Idempotency-Key"),
  },
  {
    name: "cursor parameters are added",
    impact: "minor",
    says: [
      "`workspaces.list`: supports forward and backward pagination (was: returns the whole list in one response)",
      "`WorkspaceList.cursor` is new",
      "`workspaces.list`: `starting_after` is new",
      "`workspaces.list`: `ending_before` is new",
    ],
    change: (draft) => {
      draft.setProperty("ListWorkspacesResponse", "cursor", { type: ["string", "null"] });
      for (const cursor of CURSORS) draft.addParameter("list_workspaces_handler", cursor);
    },
  },
  {
    name: "cursor parameters are removed",
    impact: "major",
    says: [
      "`pools.list`: loses its iteration, so that a call returns one page: it takes `limit` and returns `cursor` and returns `has_more`, which the client does not follow (was: supports forward and backward pagination)",
      "`pools.list`: `starting_after` is gone",
      "`pools.list`: `ending_before` is gone",
    ],
    notices: [/^list_pools is generated without iteration: it takes `limit` and returns `cursor`/],
    change: (draft) => {
      for (const { name } of CURSORS) draft.removeParameter("list_pools", name);
    },
  },
  {
    name: "cursors get other names",
    impact: "major",
    says: [
      "`pools.list`: loses its iteration, so that a call returns one page: it takes `limit` and takes `page_token` and returns `next_page_token`, which the client does not follow (was: supports forward and backward pagination)",
      "`PoolList.cursor` is gone",
      "`PoolList.has_more` is gone",
      "`pools.list`: `starting_after` is gone, see `page_token`",
      "`pools.list`: `ending_before` is gone, see `page_token`",
      "`PoolList.next_page_token` is new",
      "`pools.list`: `page_token` is new",
    ],
    notices: [/^list_pools is generated without iteration: it takes `limit` and takes `page_token`/],
    change: (draft) => {
      draft.removeParameter("list_pools", "ending_before");
      draft.parameter("list_pools", "starting_after").name = "page_token";
      draft.removeProperty("ListPoolsResponse", "has_more");
      draft.removeProperty("ListPoolsResponse", "cursor");
      draft.setProperty("ListPoolsResponse", "next_page_token", { type: ["string", "null"] });
    },
  },
  {
    name: "a list in one response gets pages of another style",
    impact: "major",
    says: [
      "`workspaces.list`: loses its iteration, so that a call returns one page: it takes `page` and returns `total_pages` and returns `has_more`, which the client does not follow (was: returns the whole list in one response)",
      "`WorkspaceList.total_pages` is new",
      "`workspaces.list`: `page` is new",
    ],
    notices: [/^list_workspaces_handler is generated without iteration: it takes `page` and returns `total_pages`/],
    change: (draft) => {
      draft.addParameter("list_workspaces_handler", { name: "page", schema: { type: "integer" } });
      draft.setProperty("ListWorkspacesResponse", "total_pages", { type: "integer" }, true);
    },
  },
  {
    name: "a list can no longer be walked backwards",
    impact: "major",
    says: [
      "`pools.list`: supports forward pagination only (was: supports forward and backward pagination)",
      "`pools.list`: `ending_before` is gone",
    ],
    change: (draft) => draft.removeParameter("list_pools", "ending_before"),
  },
  {
    name: "parameters are in another order",
    impact: "none",
    says: [],
    change: (draft) => {
      draft.operation("list_orders").parameters.reverse();
    },
  },
];
