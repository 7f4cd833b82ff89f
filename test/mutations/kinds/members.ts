import { type Mutation, refTo } from "../mutation.js";

const NULL = { type: "null" };

export const members: Mutation[] = [
  {
    name: "a request gets an optional property",
    change: (draft) => draft.setProperty("CreateInstanceRequest", "hostname", { type: "string" }),
  },
  {
    name: "a request gets a required property",
    short: true,
    change: (draft) => draft.setProperty("CreateInstanceRequest", "hostname", { type: "string" }, true),
  },
  {
    name: "a request loses a property",
    short: true,
    change: (draft) => draft.removeProperty("CreateInstanceRequest", "firewall"),
  },
  {
    name: "a property of a request gets another type",
    change: (draft) => draft.setProperty("CreateInstanceRequest", "image", { type: "integer" }),
  },
  {
    name: "a property of a request becomes required",
    change: (draft) => draft.require("CreateInstanceRequest", "name", true),
  },
  {
    name: "a property of a request may be left out",
    change: (draft) => draft.require("CreateInstanceRequest", "instance_sku", false),
  },
  {
    name: "a property of a request may be null",
    change: (draft) =>
      draft.setProperty("CreateInstanceRequest", "image", { oneOf: [NULL, refTo("ResourcePathOrId_ImageId")] }),
  },
  {
    name: "a property of a request may not be null any more",
    change: (draft) => draft.setProperty("CreateInstanceRequest", "name", refTo("Name")),
  },
  {
    name: "an answer gets a property",
    short: true,
    change: (draft) => draft.setProperty("InstanceResponse", "hostname", { type: "string" }, true),
  },
  {
    name: "an answer loses a property",
    short: true,
    change: (draft) => draft.removeProperty("InstanceResponse", "managed_by"),
  },
  {
    name: "an answer loses a property of a part of it",
    change: (draft) => draft.removeProperty("InstanceScope", "workspace_id"),
  },
  {
    name: "a property of an answer is renamed",
    change: (draft) => {
      const value = draft.property("InstanceResponse", "managed_by");
      draft.removeProperty("InstanceResponse", "managed_by");
      draft.setProperty("InstanceResponse", "manager", value);
    },
  },
  {
    name: "a property of an answer gets another type",
    change: (draft) => draft.setProperty("InstanceResponse", "created_at", { type: "string", format: "date-time" }),
  },
  {
    name: "a property of an answer may be absent",
    short: true,
    change: (draft) => draft.require("InstanceResponse", "image", false),
  },
  {
    name: "a property of an answer is always there",
    change: (draft) => draft.require("InstanceResponse", "firewall", true),
  },
  {
    name: "a property of an answer may be null",
    change: (draft) => draft.setProperty("InstanceResponse", "created_at", { oneOf: [NULL, refTo("UnixEpoch")] }),
  },
  {
    name: "a property of an answer is never null any more",
    change: (draft) => draft.setProperty("InstanceResponse", "tags", refTo("Tags")),
  },
  {
    name: "a schema that many share loses a property",
    change: (draft) => draft.removeProperty("PoolSummary", "name"),
  },
  {
    name: "a nested property is added",
    change: (draft) => {
      draft.setProperty("InstanceSshInfo", "bastion", { type: "object", properties: { host: { type: "string" } } });
    },
  },
  {
    name: "a property is deprecated",
    change: (draft) => {
      draft.property("CreateInstanceRequest", "firewall").deprecated = true;
    },
  },
  {
    name: "limits of a property change",
    change: (draft) => {
      draft.schema("Name").maxLength = 100;
    },
  },
  {
    name: "a map gets values of another type",
    change: (draft) => {
      draft.schema("Tags").additionalProperties = { type: "integer" };
    },
  },
  {
    name: "integers become numbers",
    change: (draft) => {
      draft.schema("UnixEpoch").type = "number";
    },
  },
  {
    name: "a reference is written out",
    change: (draft) => draft.setProperty("InstanceResponse", "created_at", { type: "integer", format: "int64" }),
  },
];
