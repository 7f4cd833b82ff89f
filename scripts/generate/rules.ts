import type { Paging, RetryClass } from "../../src/operation.js";
import type { JsonObject } from "../lib/json.js";
import { deref, property, propertyNames } from "../lib/openapi.js";
import { camelCase, meaningfulWords, singular, words } from "./names.js";
import { idempotencyKey, isSuccess, type RawOperation, successSchema, takesQuery } from "./operations.js";
import type { OperationRow } from "./sdk-table.js";

/** What a row of `sdk.yaml` would say of an operation that has none. */
export function rowByRule(operation: RawOperation, resource: string): OperationRow {
  const paging = pagingByRule(operation);
  return {
    resource,
    method: methodByRule(operation, resource),
    retry: retryByRule(operation),
    ...(paging && { paging }),
  };
}

export function retryByRule(operation: RawOperation): RetryClass {
  if (operation.http === "GET") return "read";
  if (idempotencyKey(operation) !== undefined) return "keyed";
  // PUT and DELETE name the state that they leave behind; a POST or PATCH may add to what is there each time.
  return operation.http === "PUT" || operation.http === "DELETE" ? "absolute" : "unsafe";
}

/**
 * How a list is read, where the rules can be certain. A list with any other sign of pages gets no iteration: taking its first
 * page for the whole of it would lose rows without an error.
 */
function pagingByRule(operation: RawOperation): Paging | undefined {
  // A batch write returns rows too.
  if (operation.http !== "GET" || !returnsRows(operation)) return undefined;
  const fits = (["seqnum", "cursor", "forward"] as const).find(
    (paging) => missingParameters(paging, operation).length === 0 && missingMembers(paging, operation).length === 0,
  );
  return fits ?? (pageSigns(operation).all.length === 0 ? "whole" : undefined);
}

/** `replace_firewall_rules` of `firewalls` gives `replaceRules`. */
export function methodByRule({ id }: RawOperation, resource: string): string {
  const [verb, ...object] = meaningfulWords(id);
  const noun = new Set(words(resource).map((word) => singular(word.toLowerCase())));
  const rest = object.filter((word) => !noun.has(singular(word)));
  return camelCase([verb || id, ...rest].join(" ")) || "call";
}

/** Query parameters by which a list is read in parts, in the styles of other APIs too. */
const PARAMETER =
  /^(limit|offset|\$?skip|marker|page.*|per_?page|max_?(results|items)|.*cursor|.+token|next.*|starting_after|ending_before)$/i;

/** Parameters that may as well be filters: they rule out a decision by rule, while a reviewed row may know better. */
const AMBIGUOUS_PARAMETER = /^(after|before|start|size|count|\$?top|first|last)$/i;

/** Members of a response that lead to more rows. */
const MEMBER = /^(.*next.*|.*cursor|.+token|total_?pages|last_?page|page_?count|(is_?)?truncated)$/i;

/** A member that the client looks at in lists without pages too: when it is true, an iteration ends with an error. */
const GUARDED_MEMBER = /^has_?more.*$/i;

/** Members that wrap the ones above. */
const ENVELOPE = /^(_?links?|_?meta(data)?|paging|pagination|page_?info|page)$/i;

/** Response headers that lead to more rows, as GitHub and GitLab send them. */
const HEADER = /^(link|x-.*(page|cursor).*)$/i;

/**
 * What says that a list comes in parts, in words: "takes `page_token`", "returns `next_page_token`". `certain` is what a
 * reviewed row cannot overrule, because the client would take the first part for the whole list and nothing could notice.
 */
export function pageSigns(operation: RawOperation) {
  const query = operation.parameters.filter((parameter) => parameter.in === "query").map(({ name }) => String(name));
  const success = operation.responses.find(isSuccess);
  const members = memberNames(operation.document, success?.payload?.schema);
  const takes = (pattern: RegExp) => query.filter((name) => pattern.test(name)).map((name) => `takes \`${name}\``);
  const returns = (names: readonly string[], pattern: RegExp) =>
    names.filter((name) => pattern.test(name.split(".").at(-1) ?? "")).map((name) => `returns \`${name}\``);
  const certain = [
    ...partSigns(operation, success?.status),
    ...takes(PARAMETER),
    ...returns(members, MEMBER),
    ...returns(success?.headers ?? [], HEADER),
  ];
  return { all: [...takes(AMBIGUOUS_PARAMETER), ...certain, ...returns(members, GUARDED_MEMBER)], certain };
}

/** How HTTP itself says that a response is a part. */
function partSigns({ parameters }: RawOperation, status: string | undefined): string[] {
  const hasRange = parameters.some((one) => one.in === "header" && /^range$/i.test(String(one.name)));
  return [
    ...(hasRange ? ["takes the header `Range`"] : []),
    ...(status === "206" ? ["returns 206 (partial content)"] : []),
  ];
}

/** The members of a response and of what wraps its paging: `has_more`, `meta.next_cursor`. */
function memberNames(document: unknown, schema: unknown): string[] {
  return propertyNames(document, schema).flatMap((name) => {
    if (!ENVELOPE.test(name)) return [name];
    return [name, ...propertyNames(document, property(document, schema, name)).map((inner) => `${name}.${inner}`)];
  });
}

/** The schema of what stands under `data` in a success: the rows of a list, or one resource that is wrapped. */
export function rowsSchema(operation: RawOperation): JsonObject {
  return deref(operation.document, property(operation.document, successSchema(operation), "data"));
}

/** Whether a success has rows under `data`, or null. */
export function returnsRows(operation: RawOperation): boolean {
  return [rowsSchema(operation).type].flat().includes("array");
}

const PARAMETERS: Record<Paging, readonly string[]> = {
  cursor: ["starting_after", "ending_before"],
  forward: ["starting_after"],
  seqnum: ["seqnum_after", "seqnum_before"],
  whole: [],
};

/** The parameters that a way of paging needs and the operation does not take. */
export function missingParameters(paging: Paging | undefined, operation: RawOperation): string[] {
  return paging === undefined ? [] : PARAMETERS[paging].filter((name) => !takesQuery(operation, name));
}

/** The members that show the client where the next page begins and whether there is one, where the response has none. */
export function missingMembers(paging: Paging | undefined, operation: RawOperation): string[] {
  if (paging !== "cursor" && paging !== "forward") return [];
  const schema = successSchema(operation);
  return ["has_more", "cursor"].filter((name) => property(operation.document, schema, name) === undefined);
}

/** The signs of pages of a read that the client cannot follow by itself; `undefined` where nothing looks like a list in parts. */
export function unfollowedPages(operation: RawOperation, paging: Paging | undefined): readonly string[] | undefined {
  if (paging !== undefined || operation.http !== "GET") return undefined;
  const { all, certain } = pageSigns(operation);
  const isList = returnsRows(operation) || certain.some((sign) => sign.startsWith("takes"));
  return isList && all.length > 0 ? all : undefined;
}
