import type { Paging, RetryClass } from "../../src/operation.js";
import type { JsonObject } from "../lib/json.js";
import { deref, property, propertyNames } from "../lib/openapi.js";
import { camelCase, meaningfulWords, singular, words } from "./names.js";
import { idempotencyKey, isSuccess, queryParameter, type RawOperation, successSchema } from "./operations.js";
import type { OperationRow } from "./sdk-table.js";

/** Derives the row of an operation that has none in `sdk.yaml`. */
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
  // PUT and DELETE state the resulting state. A POST or PATCH may add something to the existing state each time.
  return operation.http === "PUT" || operation.http === "DELETE" ? "absolute" : "unsafe";
}

/**
 * The paging of a list, if the rules are certain. A list with any other sign of paging gets no iteration, because treating its
 * first page as the whole list would lose rows without an error.
 */
function pagingByRule(operation: RawOperation): Paging | undefined {
  // A batch write also returns rows.
  if (operation.http !== "GET" || !returnsRows(operation)) return undefined;
  const fits = (["seqnum", "cursor", "forward"] as const).find(
    (paging) => missingParameters(paging, operation).length === 0 && missingMembers(paging, operation).length === 0,
  );
  return fits ?? (pageSigns(operation).all.length === 0 ? "whole" : undefined);
}

/** `replace_firewall_rules` of `firewalls` becomes `replaceRules`. */
export function methodByRule({ id }: RawOperation, resource: string): string {
  const [verb, ...object] = meaningfulWords(id);
  const noun = new Set(words(resource).map((word) => singular(word.toLowerCase())));
  const rest = object.filter((word) => !noun.has(singular(word)));
  return camelCase([verb || id, ...rest].join(" ")) || "call";
}

/** Query parameters for paging, including those of other APIs. */
const PARAMETER =
  /^(limit|offset|\$?skip|marker|page.*|per_?page|max_?(results|items)|.*cursor|.+token|next.*|starting_after|ending_before)$/i;

/** Parameters that may also be filters. They prevent a decision by rule, but a reviewed row may override them. */
const AMBIGUOUS_PARAMETER = /^(after|before|start|size|count|\$?top|first|last)$/i;

/** Members of a response that indicate more rows. */
const MEMBER = /^(.*next.*|.*cursor|.+token|total_?pages|last_?page|page_?count|(is_?)?truncated)$/i;

/** A member that the client also reads in lists without pages. When it is true, an iteration ends with an error. */
const GUARDED_MEMBER = /^has_?more.*$/i;

/** Members that contain the members above. */
const ENVELOPE = /^(_?links?|_?meta(data)?|paging|pagination|page_?info|page)$/i;

/** Response headers that indicate more rows, as those of GitHub and GitLab do. */
const HEADER = /^(link|x-.*(page|cursor).*)$/i;

/**
 * The signs of paging in an operation, as text: "takes `page_token`", "returns `next_page_token`". A reviewed row cannot override
 * the `certain` ones, because the client would silently treat the first part as the whole list.
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

/** The signs in HTTP itself that a response is partial. */
function partSigns({ parameters }: RawOperation, status: string | undefined): string[] {
  const hasRange = parameters.some((one) => one.in === "header" && /^range$/i.test(String(one.name)));
  return [
    ...(hasRange ? ["takes the header `Range`"] : []),
    ...(status === "206" ? ["returns 206 (partial content)"] : []),
  ];
}

/** The members of a response and of its paging object, such as `has_more` and `meta.next_cursor`. */
function memberNames(document: unknown, schema: unknown): string[] {
  return propertyNames(document, schema).flatMap((name) => {
    if (!ENVELOPE.test(name)) return [name];
    return [name, ...propertyNames(document, property(document, schema, name)).map((inner) => `${name}.${inner}`)];
  });
}

/** The schema of `data` in a success: the rows of a list, or a single resource. */
export function rowsSchema(operation: RawOperation): JsonObject {
  return deref(operation.document, property(operation.document, successSchema(operation), "data"));
}

/** Whether `data` of a success is a list of rows or null. */
export function returnsRows(operation: RawOperation): boolean {
  return [rowsSchema(operation).type].flat().includes("array");
}

const PARAMETERS: Record<Paging, readonly string[]> = {
  cursor: ["starting_after", "ending_before"],
  forward: ["starting_after"],
  seqnum: ["seqnum_after", "seqnum_before"],
  whole: [],
};

/** The parameters that a kind of paging requires and the operation does not have. */
export function missingParameters(paging: Paging | undefined, operation: RawOperation): string[] {
  return paging === undefined ? [] : PARAMETERS[paging].filter((name) => queryParameter(operation, name) === undefined);
}

/** The members that state whether and where there is a next page, and that the response does not have. */
export function missingMembers(paging: Paging | undefined, operation: RawOperation): string[] {
  if (paging !== "cursor" && paging !== "forward") return [];
  const schema = successSchema(operation);
  return ["has_more", "cursor"].filter((name) => property(operation.document, schema, name) === undefined);
}

/** The signs of paging of a read that the client does not support. `undefined` when there are none. */
export function unfollowedPages(operation: RawOperation, paging: Paging | undefined): readonly string[] | undefined {
  if (paging !== undefined || operation.http !== "GET") return undefined;
  const { all, certain } = pageSigns(operation);
  const isList = returnsRows(operation) || certain.some((sign) => sign.startsWith("takes"));
  return isList && all.length > 0 ? all : undefined;
}
