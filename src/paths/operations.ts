import { operationList } from "../generated/operation-list.js";
import type { Operation, RetryClass } from "../operation.js";

/** Operations with patterns for their paths. Paths with literal segments come before paths with parameters in the same place. */
const matchers = /* @__PURE__ */ operationList
  .map((operation) => ({ operation, pattern: buildPattern(operation.path) }))
  .sort((a, b) => a.operation.path.split("{").length - b.operation.path.split("{").length);

const literals = /* @__PURE__ */ new Set(operationList.flatMap(({ path }) => path.split("/")));

/** Finds the operation of a method and a path. The path may be a template, or contain values. */
export function findOperation(method: string, path: string): Operation | undefined {
  return matchers.find(({ operation, pattern }) => operation.method === method && pattern.test(path))?.operation;
}

function buildPattern(path: string): RegExp {
  return new RegExp(`^${path.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{[^}]+\}/g, "[^/]+")}$`);
}

/**
 * Creates an operation for a path that is not in the OpenAPI description. Its HTTP method determines its retry class. `written` is the path as the caller
 * wrote it.
 */
export function unknownOperation(method: string, path: string, written: string): Operation {
  const isTemplate = written.includes("{") && buildPattern(written).test(path);
  const name = replaceIds(isTemplate ? written : path, isTemplate);
  return { name, method: method as Operation["method"], path: name, retry: retryClasses[method] ?? "unsafe" };
}

const retryClasses: Readonly<Record<string, RetryClass | undefined>> = {
  GET: "read",
  HEAD: "read",
  OPTIONS: "read",
  PUT: "absolute",
  DELETE: "absolute",
};

/**
 * Replaces ids in a path with `{…}`, for events, spans and messages. Without a template it guesses: it keeps segments of known paths, versions, and the
 * word after a version or an id.
 */
function replaceIds(path: string, isTemplate: boolean): string {
  let nounMayFollow = true;
  return path
    .split("/")
    .map((segment) => {
      const isVersion = /^v\d+$/.test(segment);
      const isParameter = /^\{\w+\}$/.test(segment);
      const isWord = /^[a-z_-]+$/i.test(segment) && (isTemplate || nounMayFollow);
      const isShown = segment === "" || isVersion || isParameter || isWord || literals.has(segment);
      nounMayFollow = isVersion || isParameter || !isShown;
      return isShown ? segment : "{…}";
    })
    .join("/");
}
