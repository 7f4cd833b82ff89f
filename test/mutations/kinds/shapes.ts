import { type Mutation, refTo } from "../mutation.js";

export const shapes: Mutation[] = [
  {
    name: "a value is added to an open enum",
    short: true,
    change: (draft) => {
      draft.schema("OrderStatus").enum.push("expired");
    },
  },
  {
    name: "a value is added to a closed enum that answers carry",
    short: true,
    change: (draft) => {
      draft.schema("InstancePriority").enum.push("sacred");
    },
  },
  {
    name: "a value is removed from an enum that requests carry",
    change: (draft) => {
      draft.schema("InstancePriority").enum.shift();
    },
  },
  {
    name: "an enum closes",
    change: (draft) => {
      delete draft.schema("InstanceStatus")["x-speakeasy-unknown-values"];
    },
  },
  {
    name: "an enum opens",
    change: (draft) => {
      draft.schema("InstancePriority")["x-speakeasy-unknown-values"] = true;
    },
  },
  {
    name: "a schema is renamed, and its type with it",
    short: true,
    change: (draft) => draft.renameSchema("InstanceStatus", "InstanceState"),
  },
  {
    name: "a schema is renamed, its type keeps its name",
    change: (draft) => draft.renameSchema("InstanceResponse", "InstanceResource"),
  },
  {
    name: "a schema is renamed and changed",
    change: (draft) => {
      draft.renameSchema("InstanceSshInfo", "InstanceSshAccess");
      draft.setProperty("InstanceSshAccess", "expires_at", refTo("UnixEpoch"));
    },
  },
  {
    name: "a union of an answer gets an arm",
    short: true,
    change: (draft) => {
      draft.schema("DeploymentResource").oneOf.push(refTo("PoolResponse"));
    },
  },
  {
    name: "a union of a request gets an arm",
    change: (draft) => {
      draft.schema("CreateDeploymentResourceRequest").oneOf.push({
        type: "object",
        required: ["kind"],
        properties: { kind: { type: "string", const: "reserved" } },
      });
    },
  },
  {
    name: "a union of a request loses an arm",
    change: (draft) => {
      draft.schema("CreateDeploymentResourceRequest").oneOf.pop();
    },
  },
  {
    name: "an arm of a union loses a property",
    change: (draft) => {
      const [first] = draft.schema("v2.OrderPreviewResponse").oneOf;
      delete first.properties.fee;
      first.required = first.required.filter((name: string) => name !== "fee");
    },
  },
  {
    name: "a schema refers to itself",
    change: (draft) => draft.setProperty("PoolSummary", "parent", refTo("PoolSummary")),
  },
  {
    name: "two schemas refer to each other",
    change: (draft) => {
      draft.setProperty("PoolSummary", "image", refTo("ImageSummary"));
      draft.setProperty("ImageSummary", "pool", refTo("PoolSummary"));
    },
  },
  {
    name: "a reference leads nowhere",
    change: (draft) => draft.setProperty("PoolSummary", "owner", refTo("Owner")),
    refused: /\$ref names "#\/components\/schemas\/Owner", which does not exist/,
  },
  {
    name: "a discriminator maps to schemas that do not exist",
    change: (draft) => {
      draft.schema("DeploymentResource").discriminator.mapping = { deployment: "sfc-api_DeploymentResponse" };
    },
  },
];
