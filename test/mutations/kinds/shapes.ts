import { type Mutation, refTo } from "../mutation.js";

export const shapes: Mutation[] = [
  {
    name: "a value is added to an open enum",
    impact: "minor",
    says: ['`OrderStatus`: can now be `"expired"`'],

    change: (draft) => {
      draft.schema("OrderStatus").enum.push("expired");
    },
  },
  {
    name: "a value is added to a closed enum of responses",
    impact: "major",
    says: ['`InstancePriority`: can now be `"sacred"`'],
    change: (draft) => {
      draft.schema("InstancePriority").enum.push("sacred");
    },
  },
  {
    name: "a value is removed from an enum of requests",
    impact: "major",
    says: ['`InstancePriority`: can no longer be `"yield"`'],
    change: (draft) => {
      draft.schema("InstancePriority").enum.shift();
    },
  },
  {
    name: "an enum closes",
    impact: "minor",
    says: ["`InstanceStatus`: holds no other values than those listed"],
    change: (draft) => {
      delete draft.schema("InstanceStatus")["x-speakeasy-unknown-values"];
    },
  },
  {
    name: "an enum opens",
    impact: "major",
    says: ["`InstancePriority`: may now hold values that are not listed"],
    change: (draft) => {
      draft.schema("InstancePriority")["x-speakeasy-unknown-values"] = true;
    },
  },
  {
    name: "a schema is renamed, and its type with it",
    impact: "major",
    says: ["`InstanceStatus`: is now called `InstanceState`"],
    short: "compared",
    change: (draft) => draft.renameSchema("InstanceStatus", "InstanceState"),
  },
  {
    name: "a schema is renamed, its type keeps its name",
    impact: "patch",
    says: ["the description: 1 change that no user of the client meets"],
    change: (draft) => draft.renameSchema("InstanceResponse", "InstanceResource"),
  },
  {
    name: "a schema is renamed and changed",
    impact: "major",
    says: ["`InstanceSshInfo`: is now called `InstanceSshAccess`", "`InstanceSshAccess.expires_at` is new"],
    change: (draft) => {
      draft.renameSchema("InstanceSshInfo", "InstanceSshAccess");
      draft.setProperty("InstanceSshAccess", "expires_at", refTo("UnixEpoch"));
    },
  },
  {
    name: "a union of a response gets an arm",
    impact: "major",
    says: ["`Deployment`: is now GenericDeployment | SpotDeployment | Pool (was GenericDeployment | SpotDeployment)"],
    change: (draft) => {
      draft.schema("DeploymentResource").oneOf.push(refTo("PoolResponse"));
    },
  },
  {
    name: "a union of a request gets an arm",
    impact: "minor",
    says: [
      '`deployments.create`: is now GenericDeploymentCreate & { kind: "generic" } | SpotDeploymentCreate & { kind: "spot" } | { kind: "reserved" } (was GenericDeploymentCreate & { kind: "generic" } | SpotDeploymentCreate & { kind: "spot" })',
    ],
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
    impact: "major",
    says: [
      '`deployments.create`: is now GenericDeploymentCreate & { kind: "generic" } (was GenericDeploymentCreate & { kind: "generic" } | SpotDeploymentCreate & { kind: "spot" })',
      "`SpotDeploymentCreate`: is no longer exported",
    ],
    change: (draft) => {
      draft.schema("CreateDeploymentResourceRequest").oneOf.pop();
    },
  },
  {
    name: "an arm of a union loses a property",
    impact: "major",
    says: ["`OrderPreview.fee` is gone"],
    change: (draft) => {
      const [first] = draft.schema("v2.OrderPreviewResponse").oneOf;
      delete first.properties.fee;
      first.required = first.required.filter((name: string) => name !== "fee");
    },
  },
  {
    name: "a schema refers to itself",
    impact: "minor",
    says: ["`PoolSummary.parent` is new"],
    change: (draft) => draft.setProperty("PoolSummary", "parent", refTo("PoolSummary")),
  },
  {
    name: "two schemas refer to each other",
    impact: "minor",
    says: ["`ImageSummary.pool` is new", "`PoolSummary.image` is new"],
    change: (draft) => {
      draft.setProperty("PoolSummary", "image", refTo("ImageSummary"));
      draft.setProperty("ImageSummary", "pool", refTo("PoolSummary"));
    },
  },
  {
    name: "a schema takes any value",
    impact: "minor",
    says: ["`PoolSummary.extra` is new"],
    change: (draft) => {
      draft.object("PoolSummary").properties.extra = true;
    },
  },
  {
    name: "a discriminator maps to the bare names of schemas",
    impact: "minor",
    says: ["`PoolSummary.pet` is new"],
    change: (draft) => {
      const arm = { type: "object", required: ["kind"], properties: { kind: { type: "string" } } };
      Object.assign(draft.schemas, {
        Cat: structuredClone(arm),
        Dog: arm,
        Pet: {
          oneOf: [refTo("Cat"), refTo("Dog")],
          discriminator: { propertyName: "kind", mapping: { cat: "Cat", dog: "Dog" } },
        },
      });
      draft.setProperty("PoolSummary", "pet", refTo("Pet"));
    },
  },
  {
    name: "a schema is added that takes any value",
    impact: "minor",
    says: ["`PoolSummary.extra` is new"],
    change: (draft) => {
      Object.assign(draft.schemas, { Anything: true });
      draft.setProperty("PoolSummary", "extra", refTo("Anything"));
    },
  },
  {
    name: "a schema includes itself",
    change: (draft) => {
      draft.schema("PoolSummary").allOf = [refTo("PoolSummary")];
    },
    refused: /PoolSummary\/allOf\/0\/\$ref\n {2}The schema includes itself/,
  },
  {
    name: "references form a cycle",
    change: (draft) => {
      draft.schemas.A = refTo("B");
      draft.schemas.B = refTo("A");
      draft.setProperty("PoolSummary", "owner", refTo("A"));
    },
    refused: /The schema includes itself: #\/components\/schemas\/A -> #\/components\/schemas\/B/,
  },
  {
    name: "a reference has no target",
    change: (draft) => draft.setProperty("PoolSummary", "owner", refTo("Owner")),
    refused: /reference "#\/components\/schemas\/Owner" leads to nothing/,
  },
  {
    name: "a discriminator maps to schemas that do not exist",
    impact: "none",
    says: [],
    change: (draft) => {
      draft.schema("DeploymentResource").discriminator.mapping = { deployment: "sfc-api_DeploymentResponse" };
    },
  },
];
