import type { Paging, RetryClass } from "../../src/operation.js";
import { arrayAt } from "./json.js";
import { camelCase, capitalize, pascalCase, singular, words } from "./names.js";
import { answers, isSuccess } from "./payloads.js";
import { declaresIdempotencyKey, type RawOperation, takesQuery } from "./raw-operations.js";
import type { OperationRow, SdkTable } from "./sdk-table.js";
import { property } from "./shapes.js";

/** What a row of `sdk.yaml` would say of an operation that has none. */
export function rowByRule(document: unknown, operation: RawOperation, resource: string): OperationRow {
  const paging = pagingByRule(document, operation);
  return {
    resource,
    method: methodByRule(operation, resource),
    retry: retryByRule(operation),
    ...(paging && { paging }),
  };
}

export function retryByRule(operation: RawOperation): RetryClass {
  if (operation.http === "GET") return "read";
  if (declaresIdempotencyKey(operation)) return "keyed";
  return operation.http === "POST" ? "unsafe" : "absolute";
}

/** Only reads that answer with `data` are lists: a batch write answers with `data` too. */
export function pagingByRule(document: unknown, operation: RawOperation): Paging | undefined {
  const success = answers(document, operation).find(isSuccess);
  if (operation.http !== "GET" || property(document, success?.payload?.schema, "data") === undefined) return undefined;
  if (takesQuery(operation, "seqnum_after")) return "seqnum";
  if (!takesQuery(operation, "starting_after")) return "whole";
  return takesQuery(operation, "ending_before") ? "cursor" : "forward";
}

// A map, because a plain object also answers to `constructor`.
const SAME_VERB = new Map([
  ["fetch", "get"],
  ["retrieve", "get"],
  ["patch", "update"],
  ["remove", "delete"],
]);
const NO_MEANING = /^(handler|endpoint|preview|v\d+)$/i;

/** `replace_firewall_rules` of `firewalls` gives `replaceRules`. */
export function methodByRule(operation: RawOperation, resource: string): string {
  const [first = operation.id, ...rest] = words(operation.id).filter((word) => !NO_MEANING.test(word));
  const verb = SAME_VERB.get(first.toLowerCase()) ?? first.toLowerCase();
  const noun = new Set(words(resource).map(stem));
  const object = rest.filter((word) => !noun.has(stem(word)));
  return camelCase([verb, ...object.map((word) => capitalize(word.toLowerCase()))].join(" ")) || "call";
}

function stem(word: string): string {
  return singular(word.toLowerCase());
}

/** The resource of an operation without a row: by path, by tag, else by the path's first noun. */
export function resourceByRule(operation: RawOperation, table: SdkTable): string {
  const byPath = [...table.resources]
    .flatMap(([name, row]) => row.paths.map((path) => ({ name, path })))
    .filter(({ path }) => operation.path === path || operation.path.startsWith(`${path}/`))
    .sort((a, b) => b.path.length - a.path.length)[0];
  if (byPath) return byPath.name;
  const tag = arrayAt(operation.node, "tags")[0];
  if (typeof tag === "string") {
    const byTag = [...table.resources].find(([, row]) => row.tags.includes(tag));
    return byTag?.[0] ?? camelCase(tag);
  }
  const noun = operation.path.slice(versionPrefix(operation.path).length).split("/")[1] ?? "";
  return camelCase(noun) || "api";
}

/** The leading part of a path that names a version of the API: `/preview/v2`. */
export function versionPrefix(path: string): string {
  return /^(\/(preview|alpha|beta|v\d+\w*))*(?=\/|$)/i.exec(path)?.[0] ?? "";
}

/** How a resource is called when another version of the API already has its name: `instancesV2`. */
export function versionedResource(resource: string, prefix: string): string {
  return resource + pascalCase(prefix);
}
