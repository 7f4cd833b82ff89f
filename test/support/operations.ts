import type { Operation, Paging, RetryClass } from "../../src/operation.js";

/** One operation of each retry class, for tests of rules that depend only on the retry class. */
export const sampleOperations = {
  read: { name: "things.get", method: "GET", path: "/v/things/{id}", retry: "read" },
  keyed: { name: "things.buy", method: "POST", path: "/v/things", retry: "keyed", body: true },
  absolute: {
    name: "things.set",
    method: "PATCH",
    path: "/v/things/{id}",
    retry: "absolute",
    body: true,
    lookup: "things.get",
  },
  unsafe: {
    name: "things.create",
    method: "POST",
    path: "/v/things",
    retry: "unsafe",
    body: true,
    lookup: "things.list",
  },
} as const satisfies Record<RetryClass, Operation>;

/** A write without a response body, whose repeat finds nothing. */
export const sampleDelete: Operation = {
  name: "things.delete",
  method: "DELETE",
  path: "/v/things/{id}",
  retry: "absolute",
  empty: true,
  repeat404: "done",
};

export function sampleList(paging: Paging = "cursor", maxLimit: number | undefined = 200): Operation {
  const list = { name: "things.list", method: "GET", path: "/v/things", retry: "read" } as const;
  return paging === "whole" ? { ...list, paging } : { ...list, paging, ...(maxLimit !== undefined && { maxLimit }) };
}

/** Values for the path parameters and the body of the operation. */
export function inputFor(operation: Operation): { path?: Record<string, string>; body?: object } {
  const names = [...operation.path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name as string);
  return {
    ...(names.length > 0 && { path: Object.fromEntries(names.map((name) => [name, "thing_1"])) }),
    ...(operation.body && { body: { name: "one", count: 1 } }),
  };
}
