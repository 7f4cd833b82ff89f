import { serializeArrayParam, serializeObjectParam } from "openapi-fetch";
import { ownServers, serverUrl } from "../generate/operation-model.js";
import { arrayAt, type JsonObject, objectAt, textAt } from "../lib/json.js";
import { deref, fromPointer, isOfType } from "../lib/openapi.js";
import { listOfNames } from "../lib/text.js";
import type { RawChange } from "./differences.js";
import { limitNews, listLimits, typeSignature, typeWords } from "./members.js";
import { type Pair, rule } from "./operations.js";
import { type Entry, type EntryKind, type Impact, methodEntry } from "./report.js";
import type { SideOperation } from "./side.js";

type Parameter = JsonObject;

/** What is reported of one parameter. */
type News = readonly [kind: EntryKind, impact: Impact, clause: string];

/** What no type of the client shows of bodies and parameters: content types, headers, cookies, how values are written into the URL, limits of paths. */
export function compareParameters(pairs: readonly Pair[], notices: readonly string[] = []): Entry[] {
  return pairs.flatMap((pair) => {
    const were = byPlace(pair.before.raw.parameters);
    const are = byPlace(pair.after.raw.parameters);
    const entries = [...new Set([...are.keys(), ...were.keys()])].flatMap((key): Entry[] => {
      const [was, is] = [were.get(key), are.get(key)];
      if (/^(header|cookie) /.test(key)) {
        const news = key === "header idempotency-key" ? keyNews(was, is) : headerNews(was, is);
        return news === undefined ? [] : [methodEntry(pair.after.name, ...news)];
      }
      return was === undefined || is === undefined ? [] : urlEntries(pair, was, is, notices);
    });
    return [...compareContentTypes(pair), ...entries];
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
function keyNews(was: Parameter | undefined, is: Parameter | undefined): News | undefined {
  if (was === undefined || is?.required !== true || was.required === true) return undefined;
  const clause = "requires an idempotency key now; the client sends one with every call, so calls stay as they are";
  return ["key-required", "patch", clause];
}

function headerNews(was: Parameter | undefined, is: Parameter | undefined): News | undefined {
  const what = `the ${(is ?? was)?.in} \`${(is ?? was)?.name}\``;
  // The server may ignore what it no longer declares, whatever the caller meant by it.
  if (is === undefined) return ["header", "major", `no longer accepts ${what}`];
  if (is.required === true && was?.required !== true) return ["header", "major", `requires ${what} now`];
  if (was === undefined) return ["header", "minor", `takes ${what}, which may be left out`];
  if (was.required === true && is.required !== true) return ["header", "minor", `no longer requires ${what}`];
  const types = typeNews(was, is);
  return types === undefined ? limits(what, was, is) : ["header", "major", `takes ${what} as ${types}`];
}

function pathNews(was: Parameter, is: Parameter): News | undefined {
  const what = `\`${is.name}\` in the path`;
  const types = typeNews(was, is);
  return types === undefined ? limits(what, was, is) : ["limits", "minor", `${what} is now ${types}`];
}

function typeNews(was: Parameter, is: Parameter): string | undefined {
  const isSame = typeSignature(is.schema) === typeSignature(was.schema);
  return isSame ? undefined : `${typeWords(is.schema)} (was ${typeWords(was.schema)})`;
}

function limits(what: string, was: Parameter, is: Parameter): News | undefined {
  const news = limitNews(listLimits(is.schema), listLimits(was.schema));
  return news === undefined ? undefined : ["limits", "patch", `${what} ${news}`];
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

/** What is written into the URL in another way, and what a path takes. */
function urlEntries({ before, after }: Pair, was: Parameter, is: Parameter, notices: readonly string[]): Entry[] {
  const [from, to] = [readSerialization(before.raw.document, was), readSerialization(after.raw.document, is)];
  const news = is.in === "path" ? pathNews(was, is) : undefined;
  const entries = news === undefined ? [] : [methodEntry(after.name, ...news)];
  // What holds one value instead of several is another type, which is reported as one.
  if (from.shape !== to.shape || from.example === to.example) return entries;
  const start = `${after.raw.id} is generated without the ${is.in} parameter ${is.name},`;
  const isLeftOut = notices.some((notice) => notice.startsWith(start));
  const rest = isLeftOut ? "; the client cannot write it so, and no longer accepts it" : "";
  const clause = `\`${is.name}\` is now sent as \`${to.example}\` (was \`${from.example}\`)${rest}`;
  const owner = is.in === "query" ? { member: String(is.name), owner: `query ${before.raw.id}` } : {};
  return [methodEntry(after.name, "serialization", "major", clause, owner), ...entries];
}

/** How a parameter is written into a URL, shown by an example: `status=a&status=b`. */
interface Serialization {
  readonly shape: "value" | "list" | "object";
  readonly example: string;
}

function readSerialization(document: unknown, parameter: Parameter): Serialization {
  const name = String(parameter.name);
  const [content] = Object.entries(objectAt(parameter, "content"));
  const schema = content === undefined ? parameter.schema : objectAt(parameter.content, content[0]).schema;
  const isList = isOfType(document, schema, "array");
  const shape = isList ? "list" : isOfType(document, schema, "object") ? "object" : "value";
  if (content !== undefined) return { shape, example: `${name}={${content[0]}}` };
  const isQuery = parameter.in === "query";
  const style = String(parameter.style ?? (isQuery ? "form" : "simple"));
  // With other styles of a query, lists that are exploded have no form of their own.
  const mayExplode = !isQuery || style === "form";
  const isExploded = mayExplode && (typeof parameter.explode === "boolean" ? parameter.explode : style === "form");
  const example = writeExample(name, style, isExploded, shape);
  return { shape, example: parameter.allowReserved === true ? `${example} with reserved characters` : example };
}

/** As openapi-fetch, the client's own serializer, writes it. */
function writeExample(name: string, style: string, explode: boolean, shape: Serialization["shape"]): string {
  if (style === "deepObject" && shape !== "value") return `${name}[key]=a`;
  const options = { style, explode } as Parameters<typeof serializeArrayParam>[2] & { style: "form" };
  if (shape === "object" && explode) return serializeObjectParam(name, { key: "a", other: "b" }, options);
  const values = { value: ["a"], list: ["a", "b"], object: ["key", "a", "other", "b"] };
  return serializeArrayParam(name, values[shape], options);
}

/** Methods whose calls the service does not accept any more, because the client sends a bearer token and nothing else. */
export const compareSecurity = rule("security", "major", unmetSecurity, (to, from) =>
  to === "" || from !== "" ? undefined : `requires ${to} now, which the client does not send by itself`,
);

/** What of the first way to authenticate the client does not send; empty when it meets any of them. */
function unmetSecurity({ raw: { document, node } }: SideOperation): string {
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
  // Where a scheme is not described, nothing shows that the token is not enough.
  if (type === undefined || type === "oauth2" || type === "openIdConnect") return [];
  if (type === "http" && textAt(scheme, "scheme")?.toLowerCase() === "bearer") return [];
  return [place === undefined ? `the authentication \`${name}\`` : `the ${place} \`${scheme.name ?? name}\``];
}

/** Where requests go, by the description: the client's default address, and methods that have an address of their own. */
export function compareServers(pairs: readonly Pair[], before: unknown, after: unknown): Entry[] {
  const [from, to] = [before, after].map((document) => arrayAt(document, "servers").map(serverUrl));
  const ofClient = (impact: Impact, clause: string): Entry => {
    return { kind: "server", impact, subject: "the client", clause, methods: [] };
  };
  const [was, is] = [quoteUrl(from?.[0]), quoteUrl(to?.[0])];
  const others = (to ?? []).slice(1).filter((url) => !from?.includes(url));
  return [
    ...(was === is ? [] : [ofClient("major", `the default address is now ${is} (was ${was})`)]),
    ...others.map((url) => ofClient("patch", `the description names ${quoteUrl(url)} as another address`)),
    ...pairs.flatMap(compareOwnServer),
  ];
}

const compareOwnServer = rule("server", "major", ownAddress, (to, from) => {
  if (to === undefined) return `no longer has an address of its own (was ${quoteUrl(from)})`;
  const was = from === undefined ? "" : ` (was ${quoteUrl(from)})`;
  return `has an address of its own, ${quoteUrl(to)}${was}; the client sends it to its base URL`;
});

function ownAddress({ raw }: SideOperation): string | undefined {
  return ownServers(raw).map(serverUrl)[0];
}

function quoteUrl(url: string | undefined): string {
  return url ? `\`${url}\`` : "none";
}

/** Parts of a description that no user of the client meets, or that have entries of their own. */
const SILENT = new Set(["info", "tags", "externalDocs", "openapi", "webhooks", "servers", "paths"]);

/** Changes outside operations and schemas, such as ways to authenticate, in the words of `redocly diff`. */
export function unplacedEntries(changes: readonly RawChange[]): Entry[] {
  return changes.flatMap(({ path, property, verdicts, typeName, kind, impact }): Entry[] => {
    const steps = fromPointer(path);
    const [group = "", section] = steps;
    if (group.startsWith("x-") || SILENT.has(group)) return [];
    if (group === "components" && section !== "securitySchemes") return [];
    const place = [...steps, ...(property ? [property] : [])].join(" ");
    const clause = verdicts[0]?.message ?? `${typeName} ${kind} (${place})`;
    return [{ kind: "other", impact, subject: "the description", clause, methods: [] }];
  });
}
