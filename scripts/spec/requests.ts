import { serializeArrayParam, serializeObjectParam } from "openapi-fetch";
import { type OperationModel, ownServers, serverUrl } from "../generate/operation-model.js";
import { idempotencyKey, whyUnsendable } from "../generate/operations.js";
import { arrayAt, type JsonObject, objectAt, textAt } from "../lib/json.js";
import { deref, fromPointer, isOfType } from "../lib/openapi.js";
import { listOfNames } from "../lib/text.js";
import type { RawChange } from "./differences.js";
import type { Pair } from "./operations.js";
import type { Entry, Impact, News } from "./report.js";

/** Differences of a method that no type of the client shows: how and where its requests are sent, and with which authentication. */
export function* compareRequests({ before, after }: Pair): Generator<News> {
  // The client sends a key with every call of a keyed operation, so a key that becomes required changes no call.
  const [oldKey, key] = [idempotencyKey(before.raw), idempotencyKey(after.raw)];
  if (oldKey !== undefined && oldKey.required !== true && key?.required === true) {
    const clause = "requires an idempotency key now; the client sends one with every call, so calls stay as they are";
    yield ["key-required", "patch", clause];
  }
  const [from, to] = [contentTypes(before), contentTypes(after)];
  // The client sends JSON bodies as `application/json`, and nothing else.
  if (AS_JSON.test(from) && !AS_JSON.test(to) && to !== "") {
    const clause = `takes its body as ${to} (was ${from}), while the client sends \`application/json\``;
    yield ["content-type", "major", clause];
  }
  yield* compareSerialization(before, after);
  const unmet = unmetSecurity(after);
  if (unmet !== "" && unmetSecurity(before) === "") {
    yield ["security", "major", `requires ${unmet} now, which the client does not send by itself`];
  }
  const [oldAddress, address] = [before, after].map(({ raw }) => ownServers(raw).map(serverUrl)[0]);
  if (address !== oldAddress) {
    const was = oldAddress === undefined ? "" : ` (was ${quoteUrl(oldAddress)})`;
    const ownOne = `has an address of its own, ${quoteUrl(address)}${was}; the client sends it to its base URL`;
    yield ["server", "major", address === undefined ? `no longer has an address of its own${was}` : ownOne];
  }
}

function contentTypes({ raw }: OperationModel): string {
  return listOfNames(Object.keys(objectAt(deref(raw.document, raw.node.requestBody), "content")));
}

const AS_JSON = /`(application\/(json\b.*|\*)|\*\/\*)`/i;

/** Parameters whose form in the URL changes. */
function* compareSerialization(before: OperationModel, after: OperationModel): Generator<News> {
  for (const is of after.raw.parameters) {
    const was = before.raw.parameters.find((other) => other.in === is.in && other.name === is.name);
    if (was === undefined || (is.in !== "query" && is.in !== "path")) continue;
    const { document } = after.raw;
    const [from, to] = [readSerialization(before.raw.document, was), readSerialization(document, is)];
    // A single value instead of several is another type, and is reported as a change of type.
    if (from.shape !== to.shape || from.example === to.example) continue;
    const rest = whyUnsendable(document, is) && "; the client cannot write it so, and no longer accepts it";
    const clause = `\`${is.name}\` is now sent as \`${to.example}\` (was \`${from.example}\`)${rest ?? ""}`;
    const owner = is.in === "query" ? { member: String(is.name), owner: `query ${before.id}` } : {};
    yield ["serialization", "major", clause, owner];
  }
}

/** The form of a parameter in a URL as an example, such as `status=a&status=b`, and the kind of its value. */
function readSerialization(document: unknown, parameter: JsonObject) {
  const name = String(parameter.name);
  const [type] = Object.keys(objectAt(parameter, "content"));
  const schema = type === undefined ? parameter.schema : objectAt(parameter.content, type).schema;
  const isList = isOfType(document, schema, "array");
  const shape = isList ? "list" : isOfType(document, schema, "object") ? "object" : "value";
  if (type !== undefined) return { shape, example: `${name}={${type}}` };
  const isQuery = parameter.in === "query";
  const style = String(parameter.style ?? (isQuery ? "form" : "simple"));
  // In other styles of a query, exploded lists have no separate form.
  const mayExplode = !isQuery || style === "form";
  const explode = mayExplode && (typeof parameter.explode === "boolean" ? parameter.explode : style === "form");
  // This is the form of openapi-fetch, the client's serializer.
  const options = { style, explode } as Parameters<typeof serializeArrayParam>[2] & { style: "form" };
  const example =
    shape === "object"
      ? serializeObjectParam(name, { key: "a", other: "b" }, options)
      : serializeArrayParam(name, shape === "list" ? ["a", "b"] : ["a"], options);
  return { shape, example: parameter.allowReserved === true ? `${example} with reserved characters` : example };
}

/** The parts of the first authentication method that the client does not send. Empty when the client satisfies one of the methods. */
function unmetSecurity({ raw: { document, node } }: OperationModel): string {
  const ways = Array.isArray(node.security) ? node.security : arrayAt(document, "security");
  const schemes = objectAt(objectAt(document, "components"), "securitySchemes");
  const missing = ways.map((way) =>
    Object.keys(Object(way)).flatMap((name) => describeUnmet(name, deref(document, schemes[name]))),
  );
  const isMet = missing.some((descriptions) => descriptions.length === 0);
  return isMet ? "" : (missing[0] ?? []).join(" and ");
}

function describeUnmet(name: string, scheme: JsonObject): string[] {
  const { type, in: place } = scheme;
  // When a scheme is not described, nothing indicates that the token is insufficient.
  if (type === undefined || type === "oauth2" || type === "openIdConnect") return [];
  if (type === "http" && textAt(scheme, "scheme")?.toLowerCase() === "bearer") return [];
  return [place === undefined ? `the authentication \`${name}\`` : `the ${place} \`${scheme.name ?? name}\``];
}

/** The servers of the description. */
export function compareServers(before: unknown, after: unknown): Entry[] {
  const [from = [], to = []] = [before, after].map((document) => arrayAt(document, "servers").map(serverUrl));
  const ofClient = (impact: Impact, clause: string): Entry => {
    return { kind: "server", impact, subject: "the client", clause, methods: [] };
  };
  const [was, is] = [quoteUrl(from[0]), quoteUrl(to[0])];
  const others = to.slice(1).filter((url) => !from.includes(url));
  return [
    ...(was === is ? [] : [ofClient("major", `the default address is now ${is} (was ${was})`)]),
    ...others.map((url) => ofClient("patch", `the description names ${quoteUrl(url)} as another address`)),
  ];
}

function quoteUrl(url: string | undefined): string {
  return url ? `\`${url}\`` : "none";
}

/** Changes of the authentication methods, in the words of `redocly diff`. Other changes have their own entries, or do not affect users. */
export function authenticationEntries(changes: readonly RawChange[]): Entry[] {
  return changes.flatMap(({ path, property, verdicts, typeName, kind, impact }): Entry[] => {
    const place = [...fromPointer(path), ...(property ? [property] : [])].join(" ");
    if (!/^(security|components securitySchemes)( |$)/.test(place)) return [];
    const clause = verdicts[0]?.message ?? `${typeName} ${kind} (${place})`;
    return [{ kind: "other", impact, subject: "the description", clause, methods: [] }];
  });
}
