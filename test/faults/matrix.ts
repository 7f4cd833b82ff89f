import * as descriptors from "../../src/generated/operations.js";
import type { Operation } from "../../src/operation.js";
import type { Cell } from "./cell.js";
import { faults } from "./faults.js";
import type { ListCell } from "./list-cell.js";
import { kindOf } from "./oracle.js";

/** Every operation of the API, read from its descriptors, so that new operations are included. */
export const allOperations: readonly Operation[] = Object.values<Operation>(descriptors);

/** One operation of each kind. */
export function representatives(operations: readonly Operation[]): Operation[] {
  const first = new Map<string, Operation>();
  for (const operation of operations) if (!first.has(kindOf(operation))) first.set(kindOf(operation), operation);
  return [...first.values()];
}

/** Every operation x every fault that applies to it x (first attempt, all attempts). */
export function cellsOf(operations: readonly Operation[]): Cell[] {
  return operations.flatMap((operation) =>
    faults
      .filter(({ appliesTo }) => appliesTo?.(operation) ?? true)
      .flatMap((fault) =>
        (["first attempt", "all attempts"] as const).map((strikes) => ({ operation, fault, strikes })),
      ),
  );
}

export function nameOf({ operation, fault, strikes }: Cell): string {
  return `${kindOf(operation)} | ${operation.name} | ${fault.name} | ${strikes}`;
}

export function listNameOf({ operation, fault, lookAhead }: ListCell): string {
  return `${operation.paging} | ${operation.name} | ${fault.name} | ${lookAhead ? "looking ahead" : "page by page"}`;
}
