import { type Mutation, refTo } from "../mutation.js";

/** Changes of properties of list entries, of entries within responses, and at deeper levels. */
export const depths: Mutation[] = [
  {
    name: "an entry of a request's list gets an optional property",
    impact: "minor",
    says: ["`instances.batchUpdate`: `note` is new"],
    change: (draft) => draft.setProperty("BatchPatchInstanceEntry", "note", { type: "string" }),
  },
  {
    name: "an entry of a request's list gets a required property",
    impact: "major",
    says: ["`instances.batchUpdate`: `note` is new and required"],
    change: (draft) => draft.setProperty("BatchPatchInstanceEntry", "note", { type: "string" }, true),
  },
  {
    name: "an entry of a request's list loses a property",
    impact: "major",
    says: ["`instances.batchUpdate`: `priority_level` is gone"],
    change: (draft) => draft.removeProperty("BatchPatchInstanceEntry", "priority_level"),
  },
  {
    name: "a property of an entry of a request's list gets another type",
    impact: "major",
    says: ["`instances.batchUpdate`: `priority_level` is now number (was InstancePriority)"],
    change: (draft) => draft.setProperty("BatchPatchInstanceEntry", "priority_level", { type: "integer" }),
  },
  {
    name: "a property three levels down in a response gets another type",
    impact: "major",
    says: ["`ScheduleEntry.start_at` is now string (was UnixEpoch)"],
    change: (draft) => draft.setProperty("ScheduleEntry", "start_at", { type: "string", format: "date-time" }),
  },
  {
    name: "a property three levels down in a response is gone",
    impact: "major",
    says: ["`ScheduleEntry.start_at` is gone"],
    change: (draft) => draft.removeProperty("ScheduleEntry", "start_at"),
  },
  {
    name: "a schema contains itself, with its own description",
    impact: "minor",
    says: ["`PoolSummary.parent` is new"],
    short: "compared",
    change: (draft) => {
      const parent = { description: "The pool that this one is a part of.", allOf: [refTo("PoolSummary")] };
      draft.setProperty("PoolSummary", "parent", parent);
    },
  },
];
