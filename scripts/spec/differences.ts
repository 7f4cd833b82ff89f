import { schemaName } from "../lib/openapi.js";
import { type Successor, successor } from "./member-successor.js";
import { type Member, type NameSchema, readMember } from "./members.js";
import type { Impact } from "./report.js";
import { type Both, findType, listOwners, type Owner, type Side } from "./side.js";

/** The names in the newer description of renamed schemas and operations of the older one. */
export type Renames = Readonly<Record<"schemas" | "operations", ReadonlyMap<string, string>>>;

/** One change in the output of `redocly diff`. */
export interface RawChange {
  /** The path from the root of the document, through references. */
  readonly path: string;
  readonly typeName: string;
  readonly kind: "added" | "removed" | "modified";
  readonly impact: Impact;
  readonly property?: string;
  /** The place in each document, as a JSON pointer. */
  readonly base?: { readonly pointer: string };
  readonly revision?: { readonly pointer: string };
  readonly verdicts: readonly { readonly message: string }[];
}

/** Renamed schemas with the same content, as matched by `redocly diff`. */
export function renamedSchemas(changes: readonly RawChange[]): Map<string, string> {
  const renames = changes.filter(
    ({ typeName, kind, property }) => typeName === "Schema" && kind === "modified" && property === "key",
  );
  const nameAt = (place: RawChange["base"]) => schemaName({ $ref: place?.pointer }) ?? "";
  return new Map(renames.map(({ base, revision }) => [nameAt(base), nameAt(revision)]));
}

/** One type on both sides. */
export type OwnerPair = Both<Owner>;

/** A member on both sides. */
export interface MemberPair extends OwnerPair {
  /** The path from the type to the member. */
  readonly path: readonly string[];
  /** `undefined` when the member does not exist on this side. */
  readonly was: Member | undefined;
  readonly is: Member | undefined;
  /** The successor of a removed member. */
  readonly instead?: Successor | undefined;
}

/** The types of both sides, and those that no operation uses anymore. */
export function pairOwners(before: Side, after: Side, renames: Renames) {
  const later = new Map(listOwners(after).map((owner) => [owner.key, owner]));
  const all = listOwners(before).map((owner) => ({ before: owner, after: later.get(laterKey(owner.key, renames)) }));
  return {
    pairs: all.flatMap(({ before, after }) => (after === undefined ? [] : [{ before, after }])),
    gone: all.filter(({ before, after }) => !after && before.key.startsWith("schema ")).map(({ before }) => before),
  };
}

function laterKey(key: string, renames: Renames): string {
  const [, role, name = ""] = /^(\w+) (.*)$/s.exec(key) ?? [];
  const map = role === "schema" ? renames.schemas : renames.operations;
  return `${role} ${map.get(name) ?? name}`;
}

/** Every member of a type, in the order of the newer description. */
export function pairMembers(pair: OwnerPair, before: Side, after: Side, renames: Renames): MemberPair[] {
  const read = ({ document, model }: Side, { schema }: Owner, commonName: NameSchema) =>
    readMember({ document, nameSchema: (name) => findType(model, name) ?? name, commonName }, schema);
  const was = read(before, pair.before, (schema) => renames.schemas.get(schema) ?? schema);
  const is = read(after, pair.after, (schema) => schema);
  return [...pairWithin(pair, was, is, [])];
}

function* pairWithin(pair: OwnerPair, was: Member, is: Member, path: readonly string[]): Generator<MemberPair> {
  yield { ...pair, path, was, is };
  for (const step of new Set([...is.members.keys(), ...was.members.keys()])) {
    if (isReportedElsewhere(pair, step, was, is)) continue;
    const [older, newer] = [was.members.get(step), is.members.get(step)];
    const within = [...path, step];
    // Members within a new or removed member are not reported separately.
    if (older !== undefined && newer !== undefined) yield* pairWithin(pair, older, newer, within);
    else yield { ...pair, path: within, was: older, is: newer, instead: successor(step, was.members, is.members) };
  }
}

function isReportedElsewhere({ after }: OwnerPair, step: string, outerWas: Member, outerIs: Member): boolean {
  const [was, is] = [outerWas, outerIs].map(({ members }) => members.get(step));
  // These are reported with the union, or with the method, which accepts path parameters by position.
  if (step.startsWith("|") || after.kind === "limits") return was === undefined || is === undefined;
  // This is reported with the list or the map, whose type has changed.
  if (step === "[]" || step === "{}") return outerWas.signature !== outerIs.signature;
  // This is reported with the named part that defines it, unless that part is new or removed.
  const from = (is ?? was)?.from;
  const hasPart = ({ members }: Member) => [...members.values()].some((member) => member.from === from);
  return from !== undefined && hasPart(outerWas) && hasPart(outerIs);
}
