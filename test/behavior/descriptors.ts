import * as operations from "../../src/generated/operations.js";
import type { Operation } from "../../src/operation.js";

/** Every operation that the client knows. */
export const allOperations: readonly Operation[] = Object.values(operations);

/** `instances.list` belongs to `instances`. */
export function resourceOf({ name }: Operation): string {
  return name.slice(0, name.indexOf("."));
}

/** Its operationId, which is also the name of its constant. */
export function idOf(operation: Operation): string {
  return Object.entries(operations).find(([, each]) => each === operation)?.[0] as string;
}

export function operationsOf(resource: string): Operation[] {
  return allOperations.filter((operation) => resourceOf(operation) === resource);
}
