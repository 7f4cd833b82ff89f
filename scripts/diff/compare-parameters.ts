import { listOfNames } from "../generate/docs.js";
import { deref } from "../generate/shapes.js";
import { type JsonObject, objectAt } from "../lib/json.js";
import type { Entry, EntryKind, Impact } from "./entry.js";
import { limitNews, limitsOf } from "./limits.js";
import { serializationOf } from "./serialization.js";
import type { SideOperation } from "./side.js";
import { typeSignature, typeWords } from "./type-words.js";

/** What no type of the client shows of parameters: headers, cookies, how values are written into the URL, limits of paths. */
export function compareParameters(
  pairs: readonly RawPair[],
  before: unknown,
  after: unknown,
  notices: readonly string[] = [],
): Entry[] {
  return pairs.flatMap((pair) => {
    const were = byPlace(pair.before.raw.parameters);
    const are = byPlace(pair.after.raw.parameters);
    const ofBody = contentTypeEntries(pair, before, after);
    const keys = [...new Set([...are.keys(), ...were.keys()])];
    const ofParameters = keys.flatMap((key): Entry[] => {
      const [was, is] = [were.get(key), are.get(key)];
      const place = (is ?? was)?.in;
      if (key === "header idempotency-key") return keyEntries(pair, was, is);
      if (place === "header" || place === "cookie") return headerEntries(pair, was, is);
      if (was === undefined || is === undefined) return [];
      return [
        ...serializationEntries(pair, before, was, after, is, notices),
        ...(place === "path" ? pathEntries(pair, was, is) : []),
      ];
    });
    return [...ofBody, ...ofParameters];
  });
}

type Parameter = JsonObject;

/** An operation on both sides, as its description has it. */
export interface RawPair {
  readonly before: Pick<SideOperation, "raw" | "name">;
  readonly after: Pick<SideOperation, "raw" | "name">;
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

function entry({ after: { name } }: RawPair, kind: EntryKind, impact: Impact, clause: string): Entry {
  return { kind, impact, subject: name, clause, methods: [name] };
}

/** The client sends a key with every call of a keyed operation, so that a key that becomes required changes no call. */
function keyEntries(pair: RawPair, was: Parameter | undefined, is: Parameter | undefined): Entry[] {
  if (was === undefined || is?.required !== true || was.required === true) return [];
  const clause = "requires an idempotency key now; the client sends one with every call, so calls stay as they are";
  return [entry(pair, "key-required", "patch", clause)];
}

function headerEntries(pair: RawPair, was: Parameter | undefined, is: Parameter | undefined): Entry[] {
  const what = `the ${(is ?? was)?.in} \`${(is ?? was)?.name}\``;
  const make = (impact: Impact, clause: string) => [entry(pair, "header", impact, clause)];
  // The server may ignore what it no longer declares, whatever the caller meant by it.
  if (is === undefined) return make("major", `does not take ${what} any more`);
  if (is.required === true && was?.required !== true) return make("major", `requires ${what} now`);
  if (was === undefined) return make("minor", `takes ${what}, which may be left out`);
  if (was.required === true && is.required !== true) return make("minor", `does not require ${what} any more`);
  const [from, to] = [was, is].map(({ schema }) => typeSignature(schema, asIs));
  if (from !== to) return make("major", `takes ${what} as ${words(is)} (was ${words(was)})`);
  return limits(pair, what, was, is);
}

/** The client sends JSON bodies as `application/json`, and nothing else. */
function contentTypeEntries(pair: RawPair, before: unknown, after: unknown): Entry[] {
  const typesOf = (document: unknown, { raw }: RawPair["before"]) =>
    Object.keys(objectAt(deref(document, raw.node.requestBody), "content"));
  const [from, to] = [typesOf(before, pair.before), typesOf(after, pair.after)];
  const takesJson = (types: readonly string[]) =>
    types.some((type) => /^(application\/(json\b.*|\*)|\*\/\*)$/i.test(type));
  if (!takesJson(from) || takesJson(to) || to.length === 0) return [];
  const clause = `takes its body as ${listOfNames(to)} (was ${listOfNames(from)}), while the client sends \`application/json\``;
  return [entry(pair, "content-type", "major", clause)];
}

function serializationEntries(
  pair: RawPair,
  before: unknown,
  was: Parameter,
  after: unknown,
  is: Parameter,
  notices: readonly string[],
): Entry[] {
  const [from, to] = [serializationOf(before, was), serializationOf(after, is)];
  // What holds one value instead of several is another type, which is reported as one.
  if (from.shape !== to.shape || from.example === to.example) return [];
  const start = `${pair.after.raw.id} is generated without the ${is.in} parameter ${is.name},`;
  const isLeftOut = notices.some((notice) => notice.startsWith(start));
  const rest = isLeftOut ? "; the client cannot write it so, and does not take it any more" : "";
  const clause = `\`${is.name}\` is now sent as \`${to.example}\` (was \`${from.example}\`)${rest}`;
  const owner = is.in === "query" && { member: String(is.name), owner: `query ${pair.before.raw.id}` };
  return [{ ...entry(pair, "serialization", "major", clause), ...owner }];
}

function pathEntries(pair: RawPair, was: Parameter, is: Parameter): Entry[] {
  const what = `\`${is.name}\` in the path`;
  const [from, to] = [was, is].map(({ schema }) => typeSignature(schema, asIs));
  if (from !== to) return [entry(pair, "limits", "minor", `${what} is now ${words(is)} (was ${words(was)})`)];
  return limits(pair, what, was, is);
}

function limits(pair: RawPair, what: string, was: Parameter, is: Parameter): Entry[] {
  const [from, to] = [limitsOf(was.schema), limitsOf(is.schema)];
  return from === to ? [] : [entry(pair, "limits", "patch", `${what} has other limits: ${limitNews(to, from)}`)];
}

function words({ schema }: Parameter): string {
  return typeWords(schema, asIs);
}

function asIs(schema: string): string {
  return schema;
}
