import { jsonResponse, type Mutation, newOperation, pathParameter, refTo } from "../mutation.js";

const LIST = {
  type: "object",
  required: ["data"],
  properties: { data: { type: "array", items: refTo("PoolSummary") } },
};

export const operations: Mutation[] = [
  {
    name: "an operation is added",
    impact: "minor",
    says: ["`instances.restart`: is new (POST /preview/v2/instances/{id}/restart)"],
    change: (draft) => {
      draft.paths["/preview/v2/instances/{id}/restart"] = {
        post: newOperation("restart_instance", { parameters: [pathParameter("id")] }),
      };
    },
  },
  {
    name: "a PATCH that adds is added",
    impact: "minor",
    says: ["`instances.extend`: is new (PATCH /preview/v2/instances/{id}/extend)"],
    notices: [/^extend_instance has no row .*retry: unsafe/],
    change: (draft) => {
      draft.paths["/preview/v2/instances/{id}/extend"] = {
        patch: newOperation("extend_instance", { parameters: [pathParameter("id")] }),
      };
    },
  },
  {
    name: "an operation is removed",
    impact: "major",
    says: ["`instances.delete`: is gone (DELETE /preview/v2/instances/{id})"],

    change: (draft) => {
      delete draft.path("/preview/v2/instances/{id}").delete;
    },
  },
  {
    name: "an operation gets another operationId",
    impact: "patch",
    says: ["`pools.list`: is operation `list_all_pools` now (was `list_pools`)"],
    change: (draft) => {
      draft.operation("list_pools").operationId = "list_all_pools";
    },
  },
  {
    name: "an operation is replaced by another one",
    impact: "major",
    says: [
      "`pools.update`: is gone (PATCH /preview/v2/pools/{id})",
      "`pools.edit`: is new (POST /preview/v2/pools/{id}/edit)",
    ],
    change: (draft) => {
      const old = draft.operation("update_pool");
      delete draft.path("/preview/v2/pools/{id}").patch;
      draft.paths["/preview/v2/pools/{id}/edit"] = { post: { ...old, operationId: "edit_pool" } };
    },
  },
  {
    name: "a path moves",
    impact: "major",
    says: [
      "`orders.get`: is now GET /preview/v2/market/orders/{id} (was GET /preview/v2/orders/{id}); the path client must name it so",
      "`orders.cancel`: is now DELETE /preview/v2/market/orders/{id} (was DELETE /preview/v2/orders/{id}); the path client must name it so",
    ],

    change: (draft) => draft.move("/preview/v2/orders/{id}", "/preview/v2/market/orders/{id}"),
  },
  {
    name: "an operation gets another HTTP method",
    impact: "major",
    says: [
      "`instances.update`: is now PUT /preview/v2/instances/{id} (was PATCH /preview/v2/instances/{id}); the path client must name it so",
    ],
    change: (draft) => {
      const item = draft.path("/preview/v2/instances/{id}");
      item.put = item.patch;
      delete item.patch;
    },
  },
  {
    name: "stable paths replace the preview ones",
    impact: "major",
    says: [
      "`workspaces.list`: is now GET /v2/workspaces (was GET /preview/v2/workspaces); the path client must name it so",
      "`workspaces.create`: is now POST /v2/workspaces (was POST /preview/v2/workspaces); the path client must name it so",
    ],
    change: (draft) => draft.move("/preview/v2/workspaces", "/v2/workspaces"),
  },
  {
    name: "stable paths with other operationIds replace the preview ones",
    impact: "major",
    says: [
      "`workspaces.list`: is now GET /v2/workspaces (was GET /preview/v2/workspaces); the path client must name it so",
      "`workspaces.create`: is now POST /v2/workspaces (was POST /preview/v2/workspaces); the path client must name it so",
      "`workspaces.list`: is operation `list_workspaces` now (was `list_workspaces_handler`)",
      "`workspaces.create`: is operation `create_workspace` now (was `create_workspace_handler`)",
    ],
    change: (draft) => {
      draft.move("/preview/v2/workspaces", "/v2/workspaces");
      draft.operation("list_workspaces_handler").operationId = "list_workspaces";
      draft.operation("create_workspace_handler").operationId = "create_workspace";
    },
  },
  {
    name: "a second set of paths is added beside the preview ones",
    impact: "minor",
    says: [
      "`instancesV2.listStable`: is new (GET /v2/instances)",
      "`instancesV2.createStable`: is new (POST /v2/instances)",
      "`instancesV2.batchPatchStable`: is new (PATCH /v2/instances)",
      "`instancesV2.getStable`: is new (GET /v2/instances/{id})",
      "`instancesV2.deleteStable`: is new (DELETE /v2/instances/{id})",
      "`instancesV2.updateStable`: is new (PATCH /v2/instances/{id})",
    ],
    change: (draft) => {
      for (const path of ["/preview/v2/instances", "/preview/v2/instances/{id}"]) {
        const item = structuredClone(draft.path(path));
        for (const operation of Object.values(item)) operation.operationId += "_stable";
        draft.paths[path.replace("/preview", "")] = item;
      }
    },
  },
  {
    name: "a new tag with operations is added",
    impact: "minor",
    says: [
      "`firewalls.list`: is new (GET /preview/v2/firewalls)",
      "`firewalls.create`: is new (POST /preview/v2/firewalls)",
      "`firewalls.get`: is new (GET /preview/v2/firewalls/{id})",
      "`firewalls.delete`: is new (DELETE /preview/v2/firewalls/{id})",
      "`firewalls.replaceRules`: is new (PUT /preview/v2/firewalls/{id}/rules)",
    ],
    change: (draft) => {
      const more = { tags: ["Firewalls"] };
      draft.document.tags.push({ name: "Firewalls", description: "What traffic reaches instances." });
      draft.paths["/preview/v2/firewalls"] = {
        get: newOperation("list_firewalls", { ...more, responses: { "200": jsonResponse(LIST) } }),
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
    impact: "minor",
    says: ["`gadgets.list`: is new (GET /preview/v2/gadgets)"],
    change: (draft) => {
      draft.paths["/preview/v2/gadgets"] = { get: newOperation("list_gadgets", { tags: [] }) };
    },
  },
  {
    name: "an operation is deprecated",
    impact: "minor",
    says: ["`instances.batchUpdate`: is deprecated"],
    change: (draft) => {
      draft.operation("batch_patch_instances").deprecated = true;
    },
  },
  {
    name: "a path parameter is renamed",
    impact: "major",
    says: [
      "`orders.get`: is now GET /preview/v2/orders/{order} (was GET /preview/v2/orders/{id}); the path client must name it so",
      "`orders.cancel`: is now DELETE /preview/v2/orders/{order} (was DELETE /preview/v2/orders/{id}); the path client must name it so",
    ],
    change: (draft) => {
      draft.move("/preview/v2/orders/{id}", "/preview/v2/orders/{order}");
      for (const id of ["fetch_order", "cancel_order"]) draft.parameter(id, "id").name = "order";
    },
  },
  {
    name: "a path parameter is added",
    impact: "major",
    says: [
      "`instances.getSsh`: is now GET /preview/v2/instances/{id}/ssh/{user} (was GET /preview/v2/instances/{id}/ssh); the path client must name it so",
      "`instances.getSsh`: takes `id` and `user` first (was `id`)",
    ],
    change: (draft) => {
      draft.move("/preview/v2/instances/{id}/ssh", "/preview/v2/instances/{id}/ssh/{user}");
      draft.operation("get_instance_ssh").parameters.push(pathParameter("user"));
    },
  },
  {
    name: "a tag is renamed",
    impact: "patch",
    says: ["the description: 8 changes that no user of the client meets"],
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
