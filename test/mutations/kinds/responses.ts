import { jsonResponse, type Mutation, refTo } from "../mutation.js";

interface Operation {
  tags?: string[];
  responses?: Record<string, unknown>;
}

export const responses: Mutation[] = [
  {
    name: "an error status is added to many operations",
    impact: "minor",
    says: ["10 methods: can now fail with 429 (`authentication_error`)"],
    change: (draft) => {
      for (const item of Object.values(draft.paths)) {
        for (const operation of Object.values(item as Record<string, Operation>)) {
          if (operation.tags?.[0] === "Instances" && operation.responses)
            operation.responses["429"] = jsonResponse(refTo("UnauthorizedError"));
        }
      }
    },
  },
  {
    name: "an error status is removed",
    impact: "patch",
    says: ["`orders.create`: no longer declares the error 503 (`service_unavailable`)"],
    change: (draft) => {
      draft.response("create_order", "503");
      delete draft.operation("create_order").responses["503"];
    },
  },
  {
    name: "success has another status",
    impact: "minor",
    says: ["`orders.create`: succeeds with 202 (was 201)"],
    change: (draft) => {
      const { responses } = draft.operation("create_order");
      responses["202"] = draft.response("create_order", "201");
      delete responses["201"];
    },
  },
  {
    name: "success gets a body",
    impact: "major",
    says: ["`pools.delete`: returns `Pool` (was no body)"],
    change: (draft) => {
      const { responses } = draft.operation("delete_pool");
      delete responses["204"];
      responses["200"] = jsonResponse(refTo("PoolResponse"));
    },
  },
  {
    name: "success loses its body",
    impact: "major",
    says: ["`instances.terminate`: no longer returns a body (was `Instance`)"],
    change: (draft) => {
      const { responses } = draft.operation("terminate_instance");
      delete responses["200"];
      responses["204"] = { description: "Done." };
    },
  },
  {
    name: "an operation returns another type",
    impact: "major",
    says: ["`instances.terminate`: returns `Pool` (was `Instance`)"],
    change: (draft) => {
      draft.operation("terminate_instance").responses["200"] = jsonResponse(refTo("PoolResponse"));
    },
  },
  {
    name: "a body becomes required",
    impact: "major",
    says: ["`instances.terminate`: needs a body"],
    change: (draft) => {
      draft.operation("terminate_instance").requestBody = {
        required: true,
        content: { "application/json": { schema: { type: "object", properties: { force: { type: "boolean" } } } } },
      };
    },
  },
  {
    name: "a read requires a body",
    impact: "major",
    says: [
      "`instances.getSsh`: is left out of the client (GET /preview/v2/instances/{id}/ssh): a GET cannot carry the body that it requires",
    ],
    notices: [/^get_instance_ssh is left out: a GET cannot carry the body that it requires$/],
    change: (draft) => {
      draft.operation("get_instance_ssh").requestBody = {
        required: true,
        content: { "application/json": { schema: { type: "object" } } },
      };
    },
  },
  {
    name: "a body is no longer accepted",
    impact: "major",
    says: ["`pools.update`: no longer accepts a body", "`PoolUpdate`: is no longer exported"],
    change: (draft) => {
      delete draft.operation("update_pool").requestBody;
    },
  },
  {
    name: "a body becomes optional",
    impact: "minor",
    says: ["`pools.update`: takes a body, which may be left out"],
    change: (draft) => {
      draft.operation("update_pool").requestBody.required = false;
    },
  },
  {
    name: "errors are declared as default",
    impact: "minor",
    says: [
      "`pools.delete`: can now fail with default (`not_found`)",
      "`pools.delete`: no longer declares the error 404 (`not_found`)",
    ],
    change: (draft) => {
      const { responses } = draft.operation("delete_pool");
      responses.default = draft.response("delete_pool", "404");
      delete responses["404"];
    },
  },
  {
    name: "one error is a problem details response",
    impact: "minor",
    says: ["`pools.list`: can now fail with 502"],
    change: (draft) => {
      const schema = { type: "object", properties: { type: { type: "string" }, title: { type: "string" } } };
      draft.operation("list_pools").responses["502"] = {
        description: "The gateway failed.",
        content: { "application/problem+json": { schema } },
      };
    },
  },
  {
    name: "errors no longer have a type",
    change: (draft) => {
      draft.schemas.UnauthorizedError = { type: "object", properties: { message: { type: "string" } } };
    },
    refused: /has no `error.type`/,
  },
  {
    name: "a list no longer has data",
    change: (draft) => {
      draft.removeProperty("ListPoolsResponse", "data");
    },
    refused: /list_pools has no list `data`/,
  },
  {
    name: "a page does not state whether there are more",
    change: (draft) => draft.removeProperty("ListPoolsResponse", "has_more"),
    refused: /list_pools has no `has_more`/,
  },
];
