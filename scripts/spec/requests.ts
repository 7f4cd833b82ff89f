import { serializeArrayParam, serializeObjectParam } from "openapi-fetch";
import { arrayAt, isObject, type JsonObject, objectAt, textAt } from "../lib/json.js";
import { deref, fromPointer } from "../lib/openapi.js";
import { listOfNames } from "../lib/text.js";
import type { RawChange } from "./differences.js";
import { limitNews, listLimits, typeSignature, typeWords } from "./members.js";
import { type Pair, rule } from "./operations.js";
import { type Entry, type Impact, methodEntry } from "./report.js";
import type { SideOperation } from "./side.js";

type Parameter = JsonObject;

/** What no type of the client shows of bodies and parameters: content types, headers, cookies, how values are written into the URL, limits of paths. */
export function compareParameters(pairs: readonly Pair[], notices: readonly string[] = []): Entry[] {
  return pairs.flatMap((pair) => {
    const were = byPlace(pair.before.raw.parameters);
    const are = byPlace(pair.after.raw.parameters);
    const ofParameters = [...new Set([...are.keys(), ...were.keys()])].flatMap((key): Entry[] => {
      const [was, is] = [were.get(key), are.get(key)];
      const place = (is ?? was)?.in;
      if (key === "header idempotency-key") return keyEntries(pair, was, is);
      if (place === "header" || place === "cookie") return headerEntries(pair, was, is);
      if (was === undefined || is === undefined) return [];
      const ofPath = place === "path" ? pathEntries(pair, was, is) : [];
      return [...serializationEntries(pair, was, is, notices), ...ofPath];
    });
    return [...compareContentTypes(pair), ...ofParameters];
  });
}

/** OpenAPI says that descriptions of these headers are to be ignored. */
const IGNORED = new Set(["header accept", "header content-type", "header authorization"]);

function byPlace(parameters: readonly Parameter[]): Map<string, Parameter> {
  const entries = parameters.map((parameter) => {
    const name = String(parameter.name);
    return [`${parameter.in} ${parameter.in === "header" ? name.toLowerCase() : name}`, parameter] as const;
  });
  return new Map(entries.filter(([key]) => !IGNORED.has(key)));
}

/** The client sends a key with every call of a keyed operation, so that a key that becomes required changes no call. */
function keyEntries(pair: Pair, was: Parameter | undefined, is: Parameter | undefined): Entry[] {
  if (was === undefined || is?.required !== true || was.required === true) return [];
  const clause = "requires an idempotency key now; the client sends one with every call, so calls stay as they are";
  return [methodEntry(pair.after.name, "key-required", "patch", clause)];
}

function headerEntries(pair: Pair, was: Parameter | undefined, is: Parameter | undefined): Entry[] {
  const what = `the ${(is ?? was)?.in} \`${(is ?? was)?.name}\``;
  const make = (impact: Impact, clause: string) => [methodEntry(pair.after.name, "header", impact, clause)];
  // The server may ignore what it no longer declares, whatever the caller meant by it.
  if (is === undefined) return make("major", `does not take ${what} any more`);
  if (is.required === true && was?.required !== true) return make("major", `requires ${what} now`);
  if (was === undefined) return make("minor", `takes ${what}, which may be left out`);
  if (was.required === true && is.required !== true) return make("minor", `does not require ${what} any more`);
  const [from, to] = [was, is].map(({ schema }) => typeSignature(schema));
  if (from !== to) return make("major", `takes ${what} as ${words(is)} (was ${words(was)})`);
  return limits(pair, what, was, is);
}

/** The client sends JSON bodies as `application/json`, and nothing else. */
const compareContentTypes = rule("content-type", "major", contentTypes, (to, from) =>
  takesJson(from) && !takesJson(to) && to !== ""
    ? `takes its body as ${to} (was ${from}), while the client sends \`application/json\``
    : undefined,
);

function contentTypes({ raw }: SideOperation): string {
  return listOfNames(Object.keys(objectAt(deref(raw.document, raw.node.requestBody), "content")));
}

function takesJson(types: string): boolean {
  return /`(application\/(json\b.*|\*)|\*\/\*)`/i.test(types);
}

function serializationEntries(pair: Pair, was: Parameter, is: Parameter, notices: readonly string[]): Entry[] {
  const { before, after } = pair;
  const [from, to] = [readSerialization(before.raw.document, was), readSerialization(after.raw.document, is)];
  // What holds one value instead of several is another type, which is reported as one.
  if (from.shape !== to.shape || from.example === to.example) return [];
  const start = `${after.raw.id} is generated without the ${is.in} parameter ${is.name},`;
  const isLeftOut = notices.some((notice) => notice.startsWith(start));
  const rest = isLeftOut ? "; the client cannot write it so, and does not take it any more" : "";
  const clause = `\`${is.name}\` is now sent as \`${to.example}\` (was \`${from.example}\`)${rest}`;
  const owner = is.in === "query" ? { member: String(is.name), owner: `query ${before.raw.id}` } : {};
  return [methodEntry(after.name, "serialization", "major", clause, owner)];
}

function pathEntries(pair: Pair, was: Parameter, is: Parameter): Entry[] {
  const what = `\`${is.name}\` in the path`;
  const [from, to] = [was, is].map(({ schema }) => typeSignature(schema));
  if (from !== to)
    return [methodEntry(pair.after.name, "limits", "minor", `${what} is now ${words(is)} (was ${words(was)})`)];
  return limits(pair, what, was, is);
}

function limits(pair: Pair, what: string, was: Parameter, is: Parameter): Entry[] {
  const news = limitNews(listLimits(is.schema), listLimits(was.schema));
  return news === undefined ? [] : [methodEntry(pair.after.name, "limits", "patch", `${what} ${news}`)];
}

function words({ schema }: Parameter): string {
  return typeWords(schema);
}

/** How a parameter is written into a URL, shown by an example: `status=a&status=b`. */
export interface Serialization {
  readonly shape: "value" | "list" | "object";
  readonly example: string;
}

function readSerialization(document: unknown, parameter: JsonObject): Serialization {
  const name = String(parameter.name);
  const [type, media] = Object.entries(objectAt(parameter, "content"))[0] ?? [];
  if (type !== undefined)
    return { shape: readShape(document, objectAt({ media }, "media").schema), example: `${name}={${type}}` };
  const isQuery = parameter.in === "query";
  const style = String(parameter.style ?? (isQuery ? "form" : "simple"));
  // With other styles of a query, lists that are exploded have no form of their own.
  const mayExplode = !isQuery || style === "form";
  const isExploded = mayExplode && (typeof parameter.explode === "boolean" ? parameter.explode : style === "form");
  const shape = readShape(document, parameter.schema);
  const example = writeExample(name, style, isExploded, shape);
  return { shape, example: parameter.allowReserved === true ? `${example} with reserved characters` : example };
}

function readShape(document: unknown, schema: unknown): Serialization["shape"] {
  const node = deref(document, schema);
  const nodes = [node, ...["oneOf", "anyOf", "allOf"].flatMap((key) => arrayAt(node, key))].map((arm) =>
    deref(document, arm),
  );
  const has = (type: string) => nodes.some((one) => one.type === type || arrayAt(one, "type").includes(type));
  if (has("array")) return "list";
  return has("object") || nodes.some(({ properties }) => isObject(properties)) ? "object" : "value";
}

/** As openapi-fetch, the client's own serializer, writes it. */
function writeExample(name: string, style: string, explode: boolean, shape: Serialization["shape"]): string {
  if (style === "deepObject" && shape !== "value") return `${name}[key]=a`;
  const options = { style, explode } as Parameters<typeof serializeArrayParam>[2] & { style: "form" };
  if (shape === "object" && explode) return serializeObjectParam(name, { key: "a", other: "b" }, options);
  return serializeArrayParam(
    name,
    { value: ["a"], list: ["a", "b"], object: ["key", "a", "other", "b"] }[shape],
    options,
  );
}

/** Methods whose calls the service does not accept any more, because the client sends a bearer token and nothing else. */
export const compareSecurity = rule("security", "major", unmetSecurity, (to, from) =>
  to === "" || from !== "" ? undefined : `requires ${to} now, which the client does not send by itself`,
);

/** What of the first way to authenticate the client does not send; empty when it meets any of them. */
function unmetSecurity({ raw: { document, node } }: SideOperation): string {
  const ways = Array.isArray(node.security) ? node.security : arrayAt(document, "security");
  const missing = ways.map((way) =>
    Object.keys(isObject(way) ? way : {}).filter((name) => !isBearer(schemeAt(document, name))),
  );
  const [first = []] = missing.some((names) => names.length === 0) ? [] : missing;
  return first.map((name) => describeScheme(name, schemeAt(document, name))).join(" and ");
}

function schemeAt(document: unknown, name: string): unknown {
  return deref(document, objectAt(objectAt(document, "components"), "securitySchemes")[name]);
}

/** Where a scheme is not described, nothing shows that the token is not enough. */
function isBearer(scheme: unknown): boolean {
  const type = textAt(scheme, "type");
  if (type === "http") return textAt(scheme, "scheme")?.toLowerCase() === "bearer";
  return type === undefined || type === "oauth2" || type === "openIdConnect";
}

function describeScheme(name: string, scheme: unknown): string {
  const place = textAt(scheme, "in");
  return place === undefined ? `the authentication \`${name}\`` : `the ${place} \`${textAt(scheme, "name") ?? name}\``;
}

/** Where requests go, by the description: the client's default address, and methods that have an address of their own. */
export function compareServers(pairs: readonly Pair[], before: unknown, after: unknown): Entry[] {
  const [from, to] = [addresses(before), addresses(after)];
  const ofClient = (impact: Impact, clause: string): Entry => ({
    kind: "server",
    impact,
    subject: "the client",
    clause,
    methods: [],
  });
  const others = to.slice(1).filter((url) => !from.includes(url));
  return [
    ...(from[0] === to[0]
      ? []
      : [ofClient("major", `the default address is now ${quoteUrl(to[0])} (was ${quoteUrl(from[0])})`)]),
    ...others.map((url) => ofClient("patch", `the description names ${quoteUrl(url)} as another address`)),
    ...pairs.flatMap(compareOwnServer),
  ];
}

const compareOwnServer = rule("server", "major", ownAddress, (to, from) => {
  if (to === undefined) return `has no address of its own any more (was ${quoteUrl(from)})`;
  const was = from === undefined ? "" : ` (was ${quoteUrl(from)})`;
  return `has an address of its own, ${quoteUrl(to)}${was}; the client sends it to its base URL`;
});

function ownAddress({ raw }: SideOperation): string | undefined {
  return addresses(raw.node)[0] ?? addresses(objectAt(objectAt(raw.document, "paths"), raw.path))[0];
}

/** Addresses with the defaults of their variables, without a slash at the end. */
function addresses(node: unknown): string[] {
  return arrayAt(node, "servers").map((server) => {
    const url = textAt(server, "url") ?? "";
    const variable = (name: string) => textAt(objectAt(objectAt(server, "variables"), name), "default");
    return url.replace(/\{([^}]*)\}/g, (text, name: string) => variable(name) ?? text).replace(/\/+$/, "");
  });
}

function quoteUrl(url: string | undefined): string {
  return url === undefined || url === "" ? "none" : `\`${url}\``;
}

/** Parts of a description that no user of the client meets, or that have entries of their own. */
const SILENT = new Set(["info", "tags", "externalDocs", "openapi", "webhooks", "servers"]);

/** Changes outside operations and schemas, such as ways to authenticate, in the words of `redocly diff`. */
export function unplacedEntries(changes: readonly RawChange[]): Entry[] {
  return changes.filter(isUnplaced).map((change) => {
    const what = change.verdicts[0]?.message ?? `${change.typeName} ${change.kind}${of(change)}`;
    return { kind: "other", impact: change.impact, subject: "the description", clause: what, methods: [] };
  });
}

function isUnplaced({ path }: RawChange): boolean {
  const [group = "", section] = fromPointer(path);
  if (group.startsWith("x-") || SILENT.has(group)) return false;
  return group !== "paths" && (group !== "components" || section === "securitySchemes");
}

function of({ path, property }: RawChange): string {
  return ` (${[...fromPointer(path), ...(property ? [property] : [])].join(" ")})`;
}
