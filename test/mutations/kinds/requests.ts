import type { Mutation } from "../mutation.js";

/** Changes to how a request is sent, which no type shows. */
export const requests: Mutation[] = [
  {
    name: "the key header becomes required",
    impact: "patch",
    says: [
      "`orders.create`: requires an idempotency key now; the client sends one with every call, so calls stay as they are",
    ],
    change: (draft) => {
      draft.parameter("create_order", "Idempotency-Key").required = true;
    },
  },
  {
    name: "an operation has its own server URL",
    impact: "major",
    says: [
      "`orders.create`: has an address of its own, `https://orders.example.com`; the client sends it to its base URL",
    ],
    notices: [
      /^create_order has an address of its own, https:\/\/orders.example.com; the client sends it to its base URL$/,
    ],
    change: (draft) => {
      draft.operation("create_order").servers = [{ url: "https://orders.example.com" }];
    },
  },
  {
    name: "another server URL comes first",
    impact: "major",
    says: ["the client: the default address is now `https://eu.example.com/v2` (was `https://api.sfcompute.com`)"],
    change: (draft) => {
      const variables = { region: { default: "eu" } };
      draft.document.servers.unshift({ url: "https://{region}.example.com/v2/", variables });
    },
  },
  {
    name: "one of several patterns of an id changes",
    impact: "patch",
    says: ['`InstanceId`: has other limits: pattern "^vm$" (was pattern "vm_[0-9a-zA-Z_-]{1,21}")'],
    change: (draft) => {
      draft.schema("InstanceId").oneOf[1].pattern = "^vm$";
      draft.schema("InstanceId").description = "Also in other words.";
    },
  },
  {
    name: "names of tags have another pattern",
    impact: "patch",
    says: [
      '`Tags`: has other limits: names of entries: pattern "^[a-z]$" (was names of entries: pattern "^[^_,= ][^,= ]{0,127}$")',
    ],
    change: (draft) => {
      draft.schema("Tags").propertyNames.pattern = "^[a-z]$";
    },
  },
  {
    name: "an open enum no longer lists values",
    impact: "patch",
    says: ['`InstanceStatus`: is now string (was "awaiting_allocation" | "running" | "terminated" | "failed")'],
    change: (draft) => {
      Object.assign(draft.schemas, { InstanceStatus: { type: "string", description: "In other words." } });
    },
  },
];
