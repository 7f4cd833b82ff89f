import type { Mutation } from "../mutation.js";

const CURSORS = [
  { name: "starting_after", required: false, schema: { type: "string" } },
  { name: "ending_before", required: false, schema: { type: "string" } },
];

export const parameters: Mutation[] = [
  {
    name: "an optional parameter is added",
    change: (draft) => draft.addParameter("list_pools", { name: "owner", schema: { type: "string" } }),
  },
  {
    name: "a required parameter is added",
    short: true,
    change: (draft) => draft.addParameter("list_pools", { name: "owner", required: true, schema: { type: "string" } }),
  },
  {
    name: "a parameter is removed",
    short: true,
    change: (draft) => draft.removeParameter("list_instances", "tag_key"),
  },
  {
    name: "a parameter gets another type",
    change: (draft) => {
      draft.parameter("list_instances", "created_after").schema = { type: "string" };
    },
  },
  {
    name: "a parameter takes more than before",
    change: (draft) => {
      draft.parameter("list_instances", "created_after").schema = { type: ["integer", "string"] };
    },
  },
  {
    name: "a parameter takes one value where it took a list",
    change: (draft) => {
      draft.parameter("list_instances", "tag").schema = { type: "string" };
    },
  },
  {
    name: "a parameter becomes required",
    change: (draft) => {
      draft.parameter("list_instances", "workspace").required = true;
    },
  },
  {
    name: "a parameter need not be given any more",
    short: true,
    change: (draft) => {
      draft.parameter("list_deployments", "workspace").required = false;
    },
  },
  {
    name: "a parameter is deprecated",
    change: (draft) => {
      draft.parameter("list_instances", "tag_key").deprecated = true;
    },
  },
  {
    name: "pages become smaller",
    change: (draft) => {
      draft.parameter("list_orders", "limit").schema.maximum = 100;
    },
  },
  {
    name: "the key header is added",
    short: true,
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
    short: true,
    change: (draft) => draft.removeParameter("create_order", "Idempotency-Key"),
  },
  {
    name: "cursor parameters are added",
    short: true,
    change: (draft) => {
      for (const cursor of CURSORS) draft.addParameter("list_workspaces_handler", cursor);
    },
  },
  {
    name: "cursor parameters are removed",
    short: true,
    change: (draft) => {
      for (const { name } of CURSORS) draft.removeParameter("list_pools", name);
    },
  },
  {
    name: "a list can no longer be walked backwards",
    change: (draft) => draft.removeParameter("list_pools", "ending_before"),
  },
  {
    name: "parameters stand in another order",
    change: (draft) => {
      draft.operation("list_orders").parameters.reverse();
    },
  },
];
