import { operationList } from "../generated/operation-list.js";
import type { Operation, RetryClass } from "../operation.js";

/** Operations by path; literal segments win over parameters. */
const known = /* @__PURE__ */ operationList
  .map((operation) => ({ operation, pattern: patternOf(operation.path) }))
  .sort((a, b) => a.operation.path.split("{").length - b.operation.path.split("{").length);

const literals = /* @__PURE__ */ new Set(operationList.flatMap(({ path }) => path.split("/")));

/** What the description says of a method and a path, which may be a template or have its values in place. */
export function findOperation(method: string, path: string): Operation | undefined {
  return known.find(({ operation, pattern }) => operation.method === method && pattern.test(path))?.operation;
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{[^}]+\}/g, "[^/]+")}$`);
}

/** An operation that the description does not know, treated with the caution that its method asks for. `written` is the path as the caller wrote it. */
export function unknownOperation(method: string, path: string, written: string): Operation {
  const isTemplate = written.includes("{") && patternOf(written).test(path);
  const name = withoutIds(isTemplate ? written : path, isTemplate);
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
 * A path as events, spans and messages may show it. Without a template it is a guess which segments are ids: everything but what known paths
 * contain, versions, and words where a noun stands.
 */
function withoutIds(path: string, isTemplate: boolean): string {
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
