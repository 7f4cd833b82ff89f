import { capitalize, pascalCase, singular, words } from "./names.js";

/** Names that a type must not have: a user would take them for something else. */
const TAKEN = new Set(
  [
    "Array ArrayBuffer BigInt Blob Boolean Date Error Event EventTarget File FormData Function Headers Iterator JSON Map",
    "Math Number Object Omit Partial Pick Promise Proxy Readonly Record RegExp Request Required Response Set String",
    "Symbol URL WeakMap WeakSet RangeError TypeError",
    "Call CallInput CallOptions CallResult Caller ClientOptions KeyedCallOptions ListOptions Operation Page PageRequest",
    "Paging Resources RetryClass SfcClient SfcError ApiError ConnectionError TimeoutError AbortError DecodeError",
    "PaginationError UsageError",
  ].flatMap((line) => line.split(" ")),
);

export function isTakenTypeName(name: string): boolean {
  return TAKEN.has(name);
}

/** A name that does not hide a global or a type of the client: `Error` becomes `ErrorModel`. */
export function freeTypeName(name: string): string {
  return isTakenTypeName(name) ? `${name}Model` : name;
}

const VERBS = new Set(["Create", "Update", "Replace", "Delete", "Check", "Complete", "Cancel", "Set", "Start", "Stop"]);

/** The verb of a request as type names end in it; `undefined` for a word that is none. */
function verbOf(word: string): string | undefined {
  const verb = word === "Patch" ? "Update" : word;
  return VERBS.has(verb) ? verb : undefined;
}

/** The plain-word name of a schema; `sdk.yaml` names the exceptions. */
export function typeNameByRule(schema: string, isErrorAnswer = false): string {
  const name = pathType(schema) ?? plainName(schema.replace(/^v\d+[._-]/i, ""));
  const free = freeTypeName(name);
  // An error's shape must not be taken for a class that can be caught.
  return isErrorAnswer && /Error$/.test(name) ? `${name}Body` : free;
}

/** `ResourcePathOrId_PoolId` gives `PoolIdOrPath`, `poolResourcePath_PoolId` gives `PoolPath`. */
function pathType(schema: string): string | undefined {
  const [, either, noun] = /ResourcePath(OrId)?_(\w+)Id$/.exec(schema) ?? [];
  return noun && pascalCase(noun) + (either ? "IdOrPath" : "Path");
}

function plainName(schema: string): string {
  const parts = words(schema).map(capitalize);
  const last = parts.at(-1);
  if (parts.length > 1 && last === "Request") return requestName(parts.slice(0, -1)) ?? pascalCase(schema);
  if (parts.length > 1 && (last === "Response" || last === "Resource")) return answerName(parts.slice(0, -1));
  return pascalCase(schema);
}

/** Create, Order gives `OrderCreate`; a request that begins with no known verb keeps its name. */
function requestName(parts: readonly string[]): string | undefined {
  const [first = "", second = ""] = parts;
  const isBatch = first === "Batch" || first === "Bulk";
  const verb = verbOf(isBatch ? second : first);
  const noun = parts.slice(isBatch ? 2 : 1).filter((word, index, all) => word !== "Resource" || index < all.length - 1);
  if (verb === undefined || noun.length === 0) return undefined;
  return isBatch ? `${singularPhrase(noun)}Batch${verb}` : pascalCase(noun.join(" ")) + verb;
}

/** List, Orders gives `OrderList`; everything else loses its suffix. */
function answerName(parts: readonly string[]): string {
  if (parts[0] === "List" && parts.length > 1) return `${singularPhrase(parts.slice(1))}List`;
  return pascalCase(parts.join(" "));
}

function singularPhrase(parts: readonly string[]): string {
  return pascalCase([...parts.slice(0, -1), singular(parts.at(-1) ?? "")].join(" "));
}

/** `orders`, `preview` and `Query` give `OrderPreviewQuery`; `orderbook`, `listFills` give `OrderbookFillListQuery`. */
export function operationTypeName(resource: string, method: string, role: string): string {
  const [verb, ...object] = words(method).map(capitalize);
  const what = verb === "List" && object.length > 0 ? `${singularPhrase(object)}List` : pascalCase(method);
  return freeTypeName(singularPhrase(words(resource).map(capitalize)) + what + role);
}
