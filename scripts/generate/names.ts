const RESERVED = new Set(
  (
    "await break case catch class const continue debugger default delete do else enum export extends false finally for " +
    "function if implements import in instanceof interface let new null package private protected public return static " +
    "super switch this throw true try typeof var void while with yield arguments eval"
  ).split(" "),
);

/** The operationId if it is a valid name of a constant, and otherwise the most similar valid name. */
export function constantName(operationId: string): string {
  const name = operationId.replace(/[^\w$]+/g, "_").replace(/^(?=\d)|^$/, "_");
  return RESERVED.has(name) || name === "Operation" ? `${name}_` : name;
}

/** The name of a parameter of a generated method. It differs from the method's other parameters. */
export function parameterName(wireName: string): string {
  const name = camelCase(wireName) || "value";
  return RESERVED.has(name) || ["body", "query", "options"].includes(name) ? `${name}Value` : name;
}

/** The name of a field or method. It differs from the members of every object, which it must not replace. */
export function memberName(name: string): string {
  return name in Object.prototype || name === "then" || name === "toJSON" ? `${name}_` : name;
}

/** Splits a name into words: `sfc-api_v2.OrderResponse` into sfc, api, v2, Order, Response, and `SSHKeys` into SSH, Keys. Accents are removed. */
export function words(name: string): string[] {
  return name
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "");
}

export function pascalCase(name: string): string {
  const joined = words(name).map(capitalize).join("");
  return /^\d/.test(joined) ? `N${joined}` : joined;
}

export function camelCase(name: string): string {
  const pascal = pascalCase(name);
  return pascal.charAt(0).toLowerCase() + pascal.slice(1);
}

export function kebabCase(name: string): string {
  return words(name).join("-").toLowerCase();
}

export function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** The singular of an English plural, for nouns that APIs use. Other words are unchanged. */
export function singular(noun: string): string {
  if (/ies$/i.test(noun)) return noun.replace(/ies$/i, "y");
  if (/(ss|x|ch|sh)es$/i.test(noun)) return noun.slice(0, -2);
  if (/(ss|is)$|(stat|camp|bon|vir|foc|radi|cens|corp|b)us$/i.test(noun)) return noun;
  return noun.replace(/s$/, "");
}

/** Names that a type must not have, because users would confuse it with something else. */
const TAKEN = new Set(
  [
    "Array ArrayBuffer BigInt Blob Boolean Date Error Event EventTarget File FormData Function Headers Iterator JSON Map",
    "Math Number Object Omit Partial Pick Promise Proxy Readonly Record RegExp Request Required Response Set String",
    "Symbol URL WeakMap WeakSet RangeError TypeError",
    "Call CallInput CallOptions CallResult Caller ClientOptions KeyedCallOptions ListOptions Operation Page PageRequest",
    "Paging Resources RetryClass SfcClient SfcError ApiError ConnectionError TimeoutError AbortError DecodeError",
    "PaginationError UsageError",
    // Other declarations of schema.ts, in the repository and in the package.
    "paths webhooks components operations $defs Schemas None Answer Empty",
  ].flatMap((line) => line.split(" ")),
);

/** A name that does not hide a global or a type of the client: `Error` becomes `ErrorModel`. */
export function freeTypeName(name: string): string {
  return TAKEN.has(name) ? `${name}Model` : name;
}

/** The verbs of requests at the end of type names. */
const VERBS = new Set(["Create", "Update", "Replace", "Delete", "Check", "Complete", "Cancel", "Set", "Start", "Stop"]);

/** The plain type name of a schema. `sdk.yaml` has the exceptions. */
export function typeNameByRule(schema: string, isErrorResponse = false): string {
  const name = pathType(schema) ?? plainName(schema.replace(/^v\d+[._-]/i, ""));
  const free = freeTypeName(name);
  // The type of an error body must not look like a class that can be caught.
  return isErrorResponse && /Error$/.test(name) ? `${name}Body` : free;
}

/** `ResourcePathOrId_PoolId` becomes `PoolIdOrPath`, and `poolResourcePath_PoolId` becomes `PoolPath`. */
function pathType(schema: string): string | undefined {
  const [, either, noun] = /ResourcePath(OrId)?_(\w+)Id$/.exec(schema) ?? [];
  return noun && pascalCase(noun) + (either ? "IdOrPath" : "Path");
}

function plainName(schema: string): string {
  const parts = words(schema).map(capitalize);
  const last = parts.at(-1);
  if (parts.length > 1 && last === "Request") return requestName(parts.slice(0, -1)) ?? pascalCase(schema);
  if (parts.length > 1 && (last === "Response" || last === "Resource")) return responseName(parts.slice(0, -1));
  return pascalCase(schema);
}

/** Create, Order becomes `OrderCreate`. A request without a known verb at its start keeps its name. */
function requestName(parts: readonly string[]): string | undefined {
  const isBatch = parts[0] === "Batch" || parts[0] === "Bulk";
  const [first = "", ...rest] = isBatch ? parts.slice(1) : parts;
  const verb = first === "Patch" ? "Update" : first;
  const noun = rest.at(-1) === "Resource" ? rest.slice(0, -1) : rest;
  if (!VERBS.has(verb) || noun.length === 0) return undefined;
  return isBatch ? `${singularPhrase(noun)}Batch${verb}` : pascalCase(noun.join(" ")) + verb;
}

/** List, Orders becomes `OrderList`. Other names lose their suffix. */
function responseName(parts: readonly string[]): string {
  if (parts[0] === "List" && parts.length > 1) return `${singularPhrase(parts.slice(1))}List`;
  return pascalCase(parts.join(" "));
}

function singularPhrase(parts: readonly string[]): string {
  return pascalCase([...parts.slice(0, -1), singular(parts.at(-1) ?? "")].join(" "));
}

/** `orders`, `preview` and `Query` become `OrderPreviewQuery`. `orderbook`, `listFills` and `Query` become `OrderbookFillListQuery`. */
export function operationTypeName(resource: string, method: string, role: string): string {
  const [verb, ...object] = words(method).map(capitalize);
  const what = verb === "List" && object.length > 0 ? `${singularPhrase(object)}List` : pascalCase(method);
  return freeTypeName(singularPhrase(words(resource).map(capitalize)) + what + role);
}

// A map, because a plain object also has `constructor`.
const SAME_VERB = new Map(Object.entries({ fetch: "get", retrieve: "get", patch: "update", remove: "delete" }));

/** Words of an operationId without a meaning, such as `v3` and `handler`. */
const NO_MEANING = /^(handler|endpoint|preview|v\d+)$/;

/** The meaningful words of an operationId in lower case, with its usual verb first: `fetch_order_v2` becomes get, order. */
export function meaningfulWords(id: string): string[] {
  const lower = words(id).map((word) => word.toLowerCase());
  const [first = "", ...rest] = lower.filter((word) => !NO_MEANING.test(word));
  return [SAME_VERB.get(first) ?? first, ...rest];
}

/**
 * The operationIds that may replace another one, the most similar first. They have the same verb, and all of its words except for at most
 * one. `list_instances` may become `v3.list_instances` or `listInstances`, but never `delete_instances`.
 */
export function closeIds(id: string, others: Iterable<string>): string[] {
  const wanted = meaningfulWords(id);
  const rated = [...others]
    .filter((other) => other !== id)
    .map((other) => {
      const meaning = meaningfulWords(other);
      const shared = meaning.filter((word) => wanted.includes(word)).length;
      return { other, verb: meaning[0], shared, surplus: meaning.length - shared };
    })
    .filter(({ verb, shared }) => verb === wanted[0] && shared >= 2 && shared >= wanted.length - 1);
  return rated.sort((a, b) => b.shared - a.shared || a.surplus - b.surplus).map(({ other }) => other);
}
