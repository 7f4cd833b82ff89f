import type { Operation } from "../../src/operation.js";
import { arrayAt, isObject, type JsonObject, objectAt } from "../lib/json.js";
import { HTTP_METHODS } from "./check-description.js";
import { toPointer } from "./pointer.js";
import { deref } from "./shapes.js";

export type HttpMethod = Operation["method"];

/** One operation as the description has it, with what it inherits from its path. */
export interface RawOperation {
  readonly id: string;
  readonly http: HttpMethod;
  readonly path: string;
  readonly pointer: string;
  readonly node: JsonObject;
  /** Parameters of the path and of the operation; `$ref` followed. */
  readonly parameters: readonly JsonObject[];
}

const CALLABLE: readonly string[] = ["get", "put", "post", "delete", "patch"];

/** Every operation that a client can call, in the order of the description. */
export function listOperations(document: unknown): { operations: RawOperation[]; notices: string[] } {
  const operations: RawOperation[] = [];
  const notices: string[] = [];
  for (const [path, item] of Object.entries(objectAt(document, "paths"))) {
    const pathItem = deref(document, item);
    for (const method of HTTP_METHODS) {
      const node = pathItem[method];
      if (!isObject(node)) continue;
      const label = `${method.toUpperCase()} ${path}`;
      if (!CALLABLE.includes(method)) notices.push(`${label} is left out: clients do not call ${method.toUpperCase()}`);
      else operations.push(rawOperation(document, path, method, pathItem, node));
    }
  }
  return { operations, notices };
}

function rawOperation(
  document: unknown,
  path: string,
  method: string,
  pathItem: JsonObject,
  node: JsonObject,
): RawOperation {
  return {
    id: String(node.operationId),
    http: method.toUpperCase() as HttpMethod,
    path,
    pointer: toPointer(["paths", path, method]),
    node,
    parameters: mergeParameters(document, arrayAt(pathItem, "parameters"), arrayAt(node, "parameters")),
  };
}

/** An operation's parameter replaces the path's of the same name and place. */
function mergeParameters(document: unknown, ...lists: readonly unknown[][]): JsonObject[] {
  const merged = new Map<string, JsonObject>();
  for (const item of lists.flat()) {
    const parameter = deref(document, item);
    merged.set(`${parameter.in} ${parameter.name}`, parameter);
  }
  return [...merged.values()];
}

/** Whether the operation declares the header that makes a repeat answer with the first result. */
export function declaresIdempotencyKey(operation: RawOperation): boolean {
  return operation.parameters.some(
    (parameter) => parameter.in === "header" && String(parameter.name).toLowerCase() === "idempotency-key",
  );
}

/** Whether the operation takes a query parameter of this name. */
export function takesQuery(operation: RawOperation, name: string): boolean {
  return operation.parameters.some((parameter) => parameter.in === "query" && parameter.name === name);
}
