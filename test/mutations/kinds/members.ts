import { type Mutation, refTo } from "../mutation.js";

const NULL = { type: "null" };

export const members: Mutation[] = [
  {
    name: "a request gets an optional property",
    impact: "minor",
    says: ["`instances.create`: `hostname` is new"],
    change: (draft) => draft.setProperty("CreateInstanceRequest", "hostname", { type: "string" }),
  },
  {
    name: "a request gets a required property",
    impact: "major",
    says: ["`instances.create`: `hostname` is new and required"],
    change: (draft) => draft.setProperty("CreateInstanceRequest", "hostname", { type: "string" }, true),
  },
  {
    name: "a request loses a property",
    impact: "major",
    says: ["`instances.create`: `firewall` is gone", "`FirewallIdOrPath`: is no longer exported"],

    change: (draft) => draft.removeProperty("CreateInstanceRequest", "firewall"),
  },
  {
    name: "a property of a request gets another type",
    impact: "major",
    says: ["`instances.create`: `image` is now number (was ImageIdOrPath)"],
    change: (draft) => draft.setProperty("CreateInstanceRequest", "image", { type: "integer" }),
  },
  {
    name: "a property of a request becomes required",
    impact: "major",
    says: ["`instances.create`: `name` is now required"],
    change: (draft) => draft.require("CreateInstanceRequest", "name", true),
  },
  {
    name: "a property of a request becomes optional",
    impact: "minor",
    says: ["`instances.create`: `instance_sku` may now be left out"],
    change: (draft) => draft.require("CreateInstanceRequest", "instance_sku", false),
  },
  {
    name: "a property of a request may be null",
    impact: "minor",
    says: ["`instances.create`: `image` is now ImageIdOrPath | null (was ImageIdOrPath)"],
    change: (draft) =>
      draft.setProperty("CreateInstanceRequest", "image", { oneOf: [NULL, refTo("ResourcePathOrId_ImageId")] }),
  },
  {
    name: "a property of a request may no longer be null",
    impact: "major",
    says: ["`instances.create`: `name` is now ResourceName (was ResourceName | null)"],
    change: (draft) => draft.setProperty("CreateInstanceRequest", "name", refTo("Name")),
  },
  {
    name: "a response gets a property",
    impact: "minor",
    says: ["`Instance.hostname` is new"],

    change: (draft) => draft.setProperty("InstanceResponse", "hostname", { type: "string" }, true),
  },
  {
    name: "a response loses a property",
    impact: "major",
    says: [
      "`Instance.managed_by` is gone",
      "`InstanceManager`: is no longer exported",
      "`SpotDeploymentSummary`: is no longer exported",
    ],
    change: (draft) => draft.removeProperty("InstanceResponse", "managed_by"),
  },
  {
    name: "a response loses a property of a part of it",
    impact: "major",
    says: ["`InstanceScope.workspace_id` is gone"],
    change: (draft) => draft.removeProperty("InstanceScope", "workspace_id"),
  },
  {
    name: "a property of a response is renamed",
    impact: "major",
    says: ["`Instance.managed_by` is gone, see `manager`", "`Instance.manager` is new"],
    change: (draft) => {
      const value = draft.property("InstanceResponse", "managed_by");
      draft.removeProperty("InstanceResponse", "managed_by");
      draft.setProperty("InstanceResponse", "manager", value);
    },
  },
  {
    name: "a property of a response gets another type",
    impact: "major",
    says: ["`Instance.created_at` is now string (was UnixEpoch)"],
    change: (draft) => draft.setProperty("InstanceResponse", "created_at", { type: "string", format: "date-time" }),
  },
  {
    name: "a property of a response may be absent",
    impact: "major",
    says: ["`Instance.image` may now be absent"],
    change: (draft) => draft.require("InstanceResponse", "image", false),
  },
  {
    name: "a property of a response is always there",
    impact: "minor",
    says: ["`Instance.firewall` is now always there"],
    change: (draft) => draft.require("InstanceResponse", "firewall", true),
  },
  {
    name: "a property of a response may be null",
    impact: "major",
    says: ["`Instance.created_at` is now UnixEpoch | null (was UnixEpoch)"],
    change: (draft) => draft.setProperty("InstanceResponse", "created_at", { oneOf: [NULL, refTo("UnixEpoch")] }),
  },
  {
    name: "a property of a response is no longer null",
    impact: "minor",
    says: ["`Instance.tags` is now Tags (was Tags | null)"],
    change: (draft) => draft.setProperty("InstanceResponse", "tags", refTo("Tags")),
  },
  {
    name: "a shared schema loses a property",
    impact: "major",
    says: ["`PoolSummary.name` is gone"],
    change: (draft) => draft.removeProperty("PoolSummary", "name"),
  },
  {
    name: "a nested property is added",
    impact: "minor",
    says: ["`InstanceSshInfo.bastion` is new"],
    change: (draft) => {
      draft.setProperty("InstanceSshInfo", "bastion", { type: "object", properties: { host: { type: "string" } } });
    },
  },
  {
    name: "a property is deprecated",
    impact: "minor",
    says: ["`instances.create`: `firewall` is deprecated"],
    change: (draft) => {
      draft.property("CreateInstanceRequest", "firewall").deprecated = true;
    },
  },
  {
    name: "limits of a property change",
    impact: "patch",
    says: ["`ResourceName`: has other limits: maxLength 100 (was maxLength 255)"],
    change: (draft) => {
      draft.schema("Name").maxLength = 100;
    },
  },
  {
    name: "a map gets values of another type",
    impact: "major",
    says: ["`Tags`: is now Record<string, number> (was Record<string, string>)"],
    change: (draft) => {
      draft.schema("Tags").additionalProperties = { type: "integer" };
    },
  },
  {
    name: "integers become numbers",
    impact: "patch",
    says: ["the description: 1 change that no user of the client meets"],
    change: (draft) => {
      draft.schema("UnixEpoch").type = "number";
    },
  },
  {
    name: "a reference is replaced by its schema",
    impact: "patch",
    says: [],
    // The examples change too: the mock of the new description responds with them, while unchanged methods are checked with the old ones.
    change: (draft) => draft.setProperty("InstanceResponse", "created_at", structuredClone(draft.schema("UnixEpoch"))),
  },
];
