import { jsonAnswer, type Mutation, newOperation, pathParameter, refTo } from "../mutation.js";

const LIST = {
  type: "object",
  required: ["data"],
  properties: { data: { type: "array", items: refTo("PoolSummary") } },
};

export const operations: Mutation[] = [
  {
    name: "an operation is added",
    change: (draft) => {
      draft.paths["/preview/v2/instances/{id}/restart"] = {
        post: newOperation("restart_instance", { parameters: [pathParameter("id")] }),
      };
    },
  },
  {
    name: "an operation is removed",
    short: true,
    change: (draft) => {
      delete draft.path("/preview/v2/instances/{id}").delete;
    },
  },
  {
    name: "an operation gets another operationId",
    short: true,
    change: (draft) => {
      draft.operation("list_pools").operationId = "list_all_pools";
    },
  },
  {
    name: "an operation is replaced by another one",
    change: (draft) => {
      const old = draft.operation("update_pool");
      delete draft.path("/preview/v2/pools/{id}").patch;
      draft.paths["/preview/v2/pools/{id}/edit"] = { post: { ...old, operationId: "edit_pool" } };
    },
  },
  {
    name: "a path moves",
    short: true,
    change: (draft) => draft.move("/preview/v2/orders/{id}", "/preview/v2/market/orders/{id}"),
  },
  {
    name: "an operation gets another HTTP method",
    change: (draft) => {
      const item = draft.path("/preview/v2/instances/{id}");
      item.put = item.patch;
      delete item.patch;
    },
  },
  {
    name: "stable paths take the place of the preview ones",
    change: (draft) => draft.move("/preview/v2/workspaces", "/v2/workspaces"),
  },
  {
    name: "stable paths with other operationIds take the place of the preview ones",
    change: (draft) => {
      draft.move("/preview/v2/workspaces", "/v2/workspaces");
      draft.operation("list_workspaces_handler").operationId = "list_workspaces";
      draft.operation("create_workspace_handler").operationId = "create_workspace";
    },
  },
  {
    name: "a second set of paths stands beside the preview ones",
    short: true,
    change: (draft) => {
      for (const path of ["/preview/v2/instances", "/preview/v2/instances/{id}"]) {
        const item = structuredClone(draft.path(path));
        for (const operation of Object.values(item)) operation.operationId += "_stable";
        draft.paths[path.replace("/preview", "")] = item;
      }
    },
  },
  {
    name: "a new tag comes with operations of its own",
    change: (draft) => {
      const more = { tags: ["Firewalls"] };
      draft.document.tags.push({ name: "Firewalls", description: "What traffic reaches instances." });
      draft.paths["/preview/v2/firewalls"] = {
        get: newOperation("list_firewalls", { ...more, responses: { "200": jsonAnswer(LIST) } }),
        post: newOperation("create_firewall", more),
      };
      draft.paths["/preview/v2/firewalls/{id}"] = {
        parameters: [pathParameter("id")],
        get: newOperation("get_firewall", more),
        delete: newOperation("delete_firewall", { ...more, responses: { "204": { description: "Gone." } } }),
      };
      draft.paths["/preview/v2/firewalls/{id}/rules"] = {
        put: newOperation("replace_firewall_rules", { ...more, parameters: [pathParameter("id")] }),
      };
    },
  },
  {
    name: "an operation without a tag is added",
    change: (draft) => {
      draft.paths["/preview/v2/gadgets"] = { get: newOperation("list_gadgets", { tags: [] }) };
    },
  },
  {
    name: "an operation is deprecated",
    change: (draft) => {
      draft.operation("batch_patch_instances").deprecated = true;
    },
  },
  {
    name: "a path parameter is renamed",
    change: (draft) => {
      draft.move("/preview/v2/orders/{id}", "/preview/v2/orders/{order}");
      for (const id of ["fetch_order", "cancel_order"]) draft.parameter(id, "id").name = "order";
    },
  },
  {
    name: "a path parameter is added",
    change: (draft) => {
      draft.move("/preview/v2/instances/{id}/ssh", "/preview/v2/instances/{id}/ssh/{user}");
      draft.operation("get_instance_ssh").parameters.push(pathParameter("user"));
    },
  },
  {
    name: "a tag is renamed",
    change: (draft) => {
      for (const item of Object.values(draft.paths)) {
        for (const operation of Object.values(item as Record<string, { tags?: string[] }>)) {
          if (operation.tags?.[0] === "Pools") operation.tags = ["Reserves"];
        }
      }
    },
  },
  {
    name: "an operationId is used twice",
    change: (draft) => {
      draft.operation("list_pools").operationId = "list_orders";
    },
    refused: /operationId "list_orders" is used twice/,
  },
  {
    name: "an operation has no operationId",
    change: (draft) => {
      delete draft.operation("list_pools").operationId;
    },
    refused: /GET \/preview\/v2\/pools has no operationId/,
  },
];
