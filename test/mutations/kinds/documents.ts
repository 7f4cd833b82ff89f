import { jsonResponse, type Mutation, newOperation, refTo } from "../mutation.js";

const UNSEEN = "the description: 1 change that no user of the client meets";

/** Different notations of the same description, and changes that affect several parts at once. */
export const documents: Mutation[] = [
  {
    name: "a path item is one of the components",
    impact: "patch",
    says: [UNSEEN],
    change: (draft) => {
      const path = "/preview/v2/pools/{id}";
      draft.document.components.pathItems = { Pool: draft.path(path) };
      draft.paths[path] = { $ref: "#/components/pathItems/Pool" };
    },
  },
  {
    name: "a price in a text becomes a number",
    impact: "major",
    says: ["`OrderFill.price_dollars_per_node_hour` is now number (was DollarsPerNodeHour)"],
    change: (draft) => draft.setProperty("v2.OrderFill", "price_dollars_per_node_hour", { type: "number" }),
  },
  {
    name: "success is declared as a range of statuses",
    impact: "minor",
    says: ["`pools.update`: succeeds with 2XX (was 200)"],
    change: (draft) => {
      const { responses } = draft.operation("update_pool");
      responses["2XX"] = responses["200"];
      delete responses["200"];
    },
  },
  {
    name: "a PATCH takes its body as a merge patch",
    impact: "major",
    says: [
      "`pools.update`: takes its body as `application/merge-patch+json` (was `application/json`), while the client sends `application/json`",
    ],
    change: (draft) => {
      const { requestBody } = draft.operation("update_pool");
      requestBody.content = { "application/merge-patch+json": requestBody.content["application/json"] };
    },
  },
  {
    name: "a creation may be accepted and executed later",
    impact: "major",
    says: [
      "`pools.create`: returns `PoolCreateResult` (was `Pool`)",
      "`pools.create`: succeeds with 201 or 202 (was 201)",
    ],
    change: (draft) => {
      draft.schemas.PoolJob = { type: "object", required: ["job"], properties: { job: { type: "string" } } };
      draft.operation("create_pool").responses["202"] = jsonResponse(refTo("PoolJob"));
    },
  },
  {
    name: "an operation needs no token",
    impact: "patch",
    says: [UNSEEN],
    change: (draft) => {
      draft.operation("list_pools").security = [];
    },
  },
  {
    name: "webhooks and callbacks are described",
    impact: "patch",
    says: ["the description: 2 changes that no user of the client meets"],
    change: (draft) => {
      draft.document.webhooks = { orderFilled: { post: newOperation("order_filled") } };
      draft.operation("create_order").callbacks = {
        filled: { "{$request.body#/url}": { post: newOperation("filled") } },
      };
    },
  },
  {
    name: "a body is composed of two parts",
    impact: "minor",
    says: ["`pools.create`: takes `PoolCreateBody` (was `PoolCreate`)"],
    change: (draft) => {
      const { content } = draft.operation("create_pool").requestBody;
      const note = { type: "object", properties: { note: { type: "string" } } };
      content["application/json"].schema = { allOf: [content["application/json"].schema, note] };
    },
  },
  {
    name: "a response is also available as a spreadsheet",
    impact: "patch",
    says: [UNSEEN],
    change: (draft) => {
      draft.response("list_pools", "200").content["text/csv"] = { schema: { type: "string" } };
    },
  },
  {
    name: "the items of a list have another name",
    refused: /The response of list_pools has no list `data`, which a list with paging cursor must have/,
    change: (draft) => {
      const data = draft.property("ListPoolsResponse", "data");
      draft.removeProperty("ListPoolsResponse", "data");
      draft.setProperty("ListPoolsResponse", "items", data, true);
    },
  },
];
