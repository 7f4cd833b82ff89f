import type { Paging, RetryClass } from "../../src/operation.js";
import { arrayAt } from "../lib/json.js";
import { camelCase, capitalize, pascalCase, singular, words } from "./names.js";
import { missingMembers, missingParameters, pageSigns, returnsRows } from "./page-signs.js";
import { declaresIdempotencyKey, type RawOperation } from "./raw-operations.js";
import type { OperationRow, SdkTable } from "./sdk-table.js";

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
  // PUT and DELETE name the state that they leave behind; a POST or PATCH may add to what is there each time.
  return operation.http === "PUT" || operation.http === "DELETE" ? "absolute" : "unsafe";
}

/**
 * How a list is read, where the rules can be certain. A list with any other sign of pages gets no iteration: taking its first
 * page for the whole of it would lose rows without an error.
 */
export function pagingByRule(document: unknown, operation: RawOperation): Paging | undefined {
  if (!returnsRows(document, operation)) return undefined;
  const fits = (["seqnum", "cursor", "forward"] as const).find(
    (paging) =>
      missingParameters(paging, operation).length === 0 && missingMembers(document, paging, operation).length === 0,
  );
  return fits ?? (pageSigns(document, operation).all.length === 0 ? "whole" : undefined);
}

// A map, because a plain object also answers to `constructor`.
export const SAME_VERB: ReadonlyMap<string, string> = new Map([
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
    const name = byTag?.[0] ?? (isLatin(tag) ? camelCase(tag) : "");
    if (name !== "") return name;
  }
  const noun = operation.path.slice(versionPrefix(operation.path).length).split("/")[1] ?? "";
  return camelCase(noun) || "api";
}

/** Whether the letters of a text can stand in a name as they are: part of a word would be a wrong name. */
function isLatin(text: string): boolean {
  return !/[^\p{ASCII}\p{M}]/u.test(text.normalize("NFD"));
}

/** The leading part of a path that names a version of the API: `/preview/v2`. */
export function versionPrefix(path: string): string {
  return /^(\/(preview|alpha|beta|v\d+\w*))*(?=\/|$)/i.exec(path)?.[0] ?? "";
}

/** How a resource is called when another version of the API already has its name: `instancesV2`. */
export function versionedResource(resource: string, prefix: string): string {
  return resource + pascalCase(prefix);
}
