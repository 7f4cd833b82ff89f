import type { OperationModel } from "./model.js";

/**
 * Gives each write that carries no key the method that shows whether it took effect: reading the one resource that it names, else
 * the list in which what it makes would appear.
 */
export function withLookups(operations: readonly OperationModel[]): OperationModel[] {
  const names = new Set(operations.map(({ descriptor }) => descriptor.name));
  return operations.map((operation) => {
    const { retry, path } = operation.descriptor;
    if (retry !== "unsafe" && retry !== "absolute") return operation;
    const methods = path.includes("{") ? ["get", "list"] : ["list"];
    const lookup = methods.map((method) => `${operation.resource}.${method}`).find((name) => names.has(name));
    return lookup === undefined ? operation : { ...operation, descriptor: { ...operation.descriptor, lookup } };
  });
}
