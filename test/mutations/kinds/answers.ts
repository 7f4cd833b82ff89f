import { jsonAnswer, type Mutation, refTo } from "../mutation.js";

export const answers: Mutation[] = [
  {
    name: "an error status is added to every operation",
    change: (draft) => {
      for (const item of Object.values(draft.paths)) {
        for (const operation of Object.values(item as Record<string, { responses?: Record<string, unknown> }>)) {
          if (operation.responses) operation.responses["429"] = jsonAnswer(refTo("UnauthorizedError"));
        }
      }
    },
  },
  {
    name: "an error status is removed",
    change: (draft) => {
      draft.answer("create_order", "503");
      delete draft.operation("create_order").responses["503"];
    },
  },
  {
    name: "success has another status",
    change: (draft) => {
      const { responses } = draft.operation("create_order");
      responses["202"] = draft.answer("create_order", "201");
      delete responses["201"];
    },
  },
  {
    name: "success gets a body",
    change: (draft) => {
      const { responses } = draft.operation("delete_pool");
      delete responses["204"];
      responses["200"] = jsonAnswer(refTo("PoolResponse"));
    },
  },
  {
    name: "success loses its body",
    change: (draft) => {
      const { responses } = draft.operation("terminate_instance");
      delete responses["200"];
      responses["204"] = { description: "Done." };
    },
  },
  {
    name: "an operation answers with another type",
    change: (draft) => {
      draft.operation("terminate_instance").responses["200"] = jsonAnswer(refTo("PoolResponse"));
    },
  },
  {
    name: "a body becomes required",
    change: (draft) => {
      draft.operation("terminate_instance").requestBody = {
        required: true,
        content: { "application/json": { schema: { type: "object", properties: { force: { type: "boolean" } } } } },
      };
    },
  },
  {
    name: "a body is no longer taken",
    change: (draft) => {
      delete draft.operation("update_pool").requestBody;
    },
  },
  {
    name: "a body need not be given",
    change: (draft) => {
      draft.operation("update_pool").requestBody.required = false;
    },
  },
  {
    name: "errors have no type any more",
    change: (draft) => {
      draft.schemas.UnauthorizedError = { type: "object", properties: { message: { type: "string" } } };
    },
    refused: /has no `error.type`/,
  },
  {
    name: "a list has no data any more",
    change: (draft) => {
      draft.removeProperty("ListPoolsResponse", "data");
    },
    refused: /list_pools has not a list `data`/,
  },
  {
    name: "a page does not say whether there are more",
    change: (draft) => draft.removeProperty("ListPoolsResponse", "has_more"),
    refused: /list_pools has not `has_more`/,
  },
];
