import type { CallResult } from "../../src/index.js";
import type { Operation } from "../../src/operation.js";
import type { CallExample } from "./operations.js";

interface AnyCall {
  withResponse(): Promise<CallResult<unknown>>;
}

type Resources = Record<string, Record<string, (...values: unknown[]) => AnyCall>>;

/** Calls an operation through its method, as a user would. */
export function callMethod(
  client: object,
  { name }: Operation,
  example: CallExample,
  options: object,
): Promise<CallResult<unknown>> {
  const [resource, method] = name.split(".") as [string, string];
  const methods = (client as Resources)[resource];
  if (typeof methods?.[method] !== "function") throw new Error(`${name} is not a method of the client`);
  return methods[method](...example, options).withResponse();
}
