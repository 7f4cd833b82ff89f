import { jsonResponse, type Mutation, refTo } from "../mutation.js";

/** Changes that other vendors have made to their descriptions. They were chosen without knowledge of the other kinds. */
export const later: Mutation[] = [
  {
    name: "a property of a response has the name of a member of every object",
    impact: "minor",
    says: ["`Instance.constructor` is new"],
    change: (draft) => draft.setProperty("InstanceResponse", "constructor", { type: "string" }),
  },
  {
    name: "texts contain the end of a comment and a template literal",
    impact: "patch",
    says: [],
    change: (draft) => {
      draft.operation("create_pool").summary = "Ends */ here";
      // biome-ignore lint/suspicious/noTemplateCurlyInString: as a vendor may write it
      draft.operation("create_pool").description = "Then ${process.exit(1)} and `tick` and @example and *\\/ again.";
      // biome-ignore lint/suspicious/noTemplateCurlyInString: as a vendor may write it
      draft.property("InstanceResponse", "status").description = "One */ of ${several}.";
    },
  },
  {
    name: "a query gets a parameter with brackets in its name",
    impact: "minor",
    says: ["`instances.list`: `filter[status]` is new"],
    change: (draft) => draft.addParameter("list_instances", { name: "filter[status]", schema: { type: "string" } }),
  },
  {
    name: "a response is wrapped into an allOf of itself alone",
    impact: "minor",
    says: ["`instances.get`: returns `InstanceGetResult` (was `Instance`)"],
    change: (draft) => {
      draft.response("fetch_instance", "200").content["application/json"].schema = {
        allOf: [refTo("InstanceResponse")],
      };
    },
  },
  {
    name: "a parameter of a path becomes a number",
    impact: "minor",
    says: ["get", "update", "delete"].map(
      (method) => `\`pools.${method}\`: \`id\` in the path is now number (was string)`,
    ),
    change: (draft) => {
      for (const operation of Object.values(draft.path("/preview/v2/pools/{id}"))) {
        draft.parameter(operation.operationId, "id").schema = { type: "integer" };
      }
    },
  },
  {
    name: "a property of a response has one value only",
    impact: "major",
    says: ['`Instance.object` can now be `"compute_instance"`', '`Instance.object` can no longer be `"instance"`'],
    change: (draft) => draft.setProperty("InstanceResponse", "object", { const: "compute_instance" }),
  },
  {
    name: "two query parameters differ only in case",
    impact: "minor",
    says: ["`instances.list`: `Workspace` is new"],
    change: (draft) => draft.addParameter("list_instances", { name: "Workspace", schema: { type: "string" } }),
  },
  {
    name: "an operation succeeds with a second body",
    impact: "major",
    says: [
      "`pools.create`: returns `PoolCreateResult` (was `Pool`)",
      "`pools.create`: succeeds with 201 or 202 (was 201)",
    ],
    change: (draft) => {
      draft.operation("create_pool").responses["202"] = jsonResponse(refTo("InstanceResponse"), "Made later.");
    },
  },
  {
    name: "an operation no longer needs a token",
    impact: "patch",
    says: ["the description: 1 change that no user of the client meets"],
    change: (draft) => {
      draft.operation("list_pools").security = [];
    },
  },
  {
    name: "a free-form object gets values of another type",
    impact: "major",
    says: ["`instances.create`: `tags` is now Record<string, number> (was Tags | null)"],
    change: (draft) =>
      draft.setProperty("CreateInstanceRequest", "tags", { type: "object", additionalProperties: { type: "number" } }),
  },
];
