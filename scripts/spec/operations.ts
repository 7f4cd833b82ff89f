import { closeIds } from "../generate/names.js";
import type { ErrorModel } from "../generate/operation-model.js";
import { answers, isSuccess, type RawOperation } from "../generate/operations.js";
import { versionPrefix } from "../generate/rows.js";
import { listOfNames } from "../lib/text.js";
import type { OwnerPair } from "./differences.js";
import type { Entry } from "./entry.js";
import type { Side, SideOperation } from "./side.js";

/** An operation on both sides. */
export interface Pair {
  readonly before: SideOperation;
  readonly after: SideOperation;
}

export function pairOperations(before: Side, after: Side, matches: ReadonlyMap<string, string>): Pair[] {
  const byId = new Map(after.operations.map((operation) => [operation.id, operation]));
  return before.operations.flatMap((operation) => {
    const other = byId.get(matches.get(operation.id) ?? "");
    return other === undefined ? [] : [{ before: operation, after: other }];
  });
}

/** Everything that is different for methods, apart from what their types hold. */
export function compareOperations(before: Side, after: Side, pairs: readonly Pair[]): Entry[] {
  const kept = new Set(pairs.map((pair) => pair.before.id));
  const known = new Set(pairs.map((pair) => pair.after.id));
  return [
    ...before.operations.filter(({ id }) => !kept.has(id)).map((operation) => gone(operation, after, known)),
    ...after.operations.filter(({ id }) => !known.has(id)).map(added),
    ...pairs.flatMap((pair) => RULES.flatMap((rule) => rule(pair, before.document, after.document))),
  ];
}

function gone(operation: SideOperation, after: Side, known: ReadonlySet<string>): Entry {
  const { name, id } = operation;
  const make = (clause: string, instead?: string): Entry => ({
    kind: "method-gone",
    impact: "major",
    subject: name,
    clause,
    methods: [name],
    ...(instead !== undefined && { instead, isInsteadDocumented: false }),
  });
  const reason = after.model.notices.find((notice) => notice.startsWith(`${id} is left out: `));
  if (reason !== undefined)
    return make(`is left out of the client (${callOf(operation)}): ${reason.split(": ").slice(1).join(": ")}`);
  const fresh = after.operations.filter((other) => !known.has(other.id));
  const [close] = closeIds(
    id,
    fresh.map((other) => other.id),
  );
  const instead = fresh.find((other) => other.id === close)?.name;
  return make(`is gone (${callOf(operation)})${instead === undefined ? "" : `, see \`${instead}\``}`, instead);
}

function added(operation: SideOperation): Entry {
  const clause = `is new (${callOf(operation)})`;
  return { kind: "method-new", impact: "minor", subject: operation.name, clause, methods: [operation.name] };
}

type Rule = (pair: Pair, before: unknown, after: unknown) => Entry[];

const RULES: readonly Rule[] = [
  name,
  id,
  place,
  parameters,
  body,
  answer,
  key,
  retry,
  paging,
  pageSize,
  deprecation,
  success,
];

function entry({ after }: Pair, kind: Entry["kind"], impact: Entry["impact"], clause: string, instead?: string): Entry {
  const methods = [after.name];
  return { kind, impact, subject: after.name, clause, methods, ...(instead !== undefined && { instead }) };
}

function name(pair: Pair): Entry[] {
  const { before, after } = pair;
  if (before.name === after.name) return [];
  const clause = `is now called \`${after.name}\``;
  const methods = [before.name, after.name];
  return [{ kind: "method-renamed", impact: "major", subject: before.name, clause, instead: after.name, methods }];
}

/** No call changes, but errors and events name the operation. */
function id(pair: Pair): Entry[] {
  const [from, to] = [pair.before.id, pair.after.id];
  return from === to ? [] : [entry(pair, "method-id", "patch", `is operation \`${to}\` now (was \`${from}\`)`)];
}

function place(pair: Pair): Entry[] {
  const [from, to] = [callOf(pair.before), callOf(pair.after)];
  if (from === to) return [];
  // Methods hide the path; who wrote it out for the path client must write another.
  return [entry(pair, "method-moved", "major", `is now ${to} (was ${from}); the path client must name it so`, to)];
}

function parameters(pair: Pair): Entry[] {
  const [from, to] = [pathParameters(pair.before), pathParameters(pair.after)];
  if (from.length === to.length) return [];
  const words = (names: readonly string[]) => (names.length === 0 ? "no path parameter" : listOfNames(names));
  return [entry(pair, "arguments", "major", `takes ${words(to)} first (was ${words(from)})`)];
}

function pathParameters({ model }: SideOperation): string[] {
  return model.pathParameters.map(({ name }) => name);
}

function body(pair: Pair): Entry[] {
  const [from, to] = [bodyOf(pair.before), bodyOf(pair.after)];
  if (from === to) return [];
  const clause =
    { none: "takes no body any more", optional: "takes a body, which may be left out" }[to] ?? "needs a body";
  // An argument that is new stands before those that were there; only a body that may now be left out is harmless.
  const impact = from === "needed" && to === "optional" ? "minor" : "major";
  return [entry(pair, "body", impact, clause)];
}

function bodyOf({ model }: SideOperation): string {
  if (model.body === undefined) return "none";
  return model.body.required ? "needed" : "optional";
}

function answer(pair: Pair): Entry[] {
  const [from, to] = [pair.before.model.answer, pair.after.model.answer];
  if ((from === undefined) === (to === undefined)) return [];
  if (to === undefined) return [entry(pair, "answer", "major", `answers nothing any more (was \`${from}\`)`)];
  return [entry(pair, "answer", "major", `answers \`${to}\` (was nothing)`)];
}

function key(pair: Pair): Entry[] {
  const [had, has] = [isKeyed(pair.before), isKeyed(pair.after)];
  if (had === has) return [];
  if (has) return [entry(pair, "key-new", "minor", "takes an idempotency key; the client now repeats it by itself")];
  const clause = "takes no idempotency key any more; after a lost answer the client cannot repeat it";
  return [entry(pair, "key-gone", "major", clause, "leave `idempotencyKey` out, and look before you send it again")];
}

function isKeyed({ model }: SideOperation): boolean {
  return model.descriptor.retry === "keyed";
}

function retry(pair: Pair): Entry[] {
  const [from, to] = [pair.before.model.descriptor.retry, pair.after.model.descriptor.retry];
  if (from === to || from === "keyed" || to === "keyed") return [];
  return [entry(pair, "retry", "minor", `is repeated as \`${to}\` (was \`${from}\`)`)];
}

function paging(pair: Pair): Entry[] {
  const [from, to] = [pair.before.model.descriptor.paging, pair.after.model.descriptor.paging];
  if (from === to) return [];
  const { unfollowedPages } = pair.after.model;
  if (to === undefined && from !== undefined && unfollowedPages !== undefined) {
    const reason = `it ${unfollowedPages.join(" and ")}, which the client does not follow`;
    const clause = `loses its iteration, so that a call returns one page: ${reason} (was: ${PAGING[from]})`;
    return [entry(pair, "paging", "major", clause)];
  }
  const clause = to === undefined ? "is no list any more" : `${PAGING[to]} (was: ${from ? PAGING[from] : "no list"})`;
  const isWider = from === "whole" || (from === "forward" && to === "cursor");
  return [entry(pair, "paging", isWider && isWalked(to) ? "minor" : "major", clause)];
}

const PAGING = {
  cursor: "pages both ways",
  forward: "pages forwards only",
  whole: "comes in one answer",
  seqnum: "is a window of sequence numbers",
} as const;

function isWalked(value: string | undefined): boolean {
  return value !== undefined && value !== "seqnum";
}

function pageSize(pair: Pair): Entry[] {
  const [from, to] = [pair.before.model.descriptor.maxLimit, pair.after.model.descriptor.maxLimit];
  if (from === to || from === undefined || to === undefined) return [];
  return [entry(pair, "page-size", "patch", `asks for pages of at most ${to} (was ${from})`)];
}

function deprecation(pair: Pair): Entry[] {
  if (pair.before.model.isDeprecated === pair.after.model.isDeprecated) return [];
  const clause = pair.after.model.isDeprecated ? "is deprecated" : "is not deprecated any more";
  return [entry(pair, "method-deprecated", "minor", clause)];
}

function success(pair: Pair, before: unknown, after: unknown): Entry[] {
  // A body that comes or goes is the greater news.
  if ((pair.before.model.answer === undefined) !== (pair.after.model.answer === undefined)) return [];
  const statuses = (document: unknown, { raw }: SideOperation) =>
    answers(document, raw)
      .filter(isSuccess)
      .map(({ status }) => status)
      .join(" or ");
  const [from, to] = [statuses(before, pair.before), statuses(after, pair.after)];
  return from === to ? [] : [entry(pair, "answer", "minor", `succeeds with ${to} (was ${from})`)];
}

function callOf({ raw }: SideOperation): string {
  return `${raw.http} ${raw.path}`;
}

/**
 * Which operation of one description is which of another: by operationId, else by what stands at the same method and
 * path, else at the same path below another version prefix.
 */
export function matchOperations(from: readonly RawOperation[], to: readonly RawOperation[]): Map<string, string> {
  const matches = new Map<string, string>();
  const isFree = (one: RawOperation) => ![...matches.values()].includes(one.id);
  const match = (isSame: (a: RawOperation, b: RawOperation) => boolean) => {
    for (const one of from) {
      if (matches.has(one.id)) continue;
      const other = to.find((candidate) => isFree(candidate) && isSame(one, candidate));
      if (other !== undefined) matches.set(one.id, other.id);
    }
  };
  match((a, b) => a.id === b.id);
  match((a, b) => a.http === b.http && pathShape(a) === pathShape(b));
  match((a, b) => a.http === b.http && unversioned(a) === unversioned(b));
  return matches;
}

/** The path without the names of its parameters. */
function pathShape({ path }: RawOperation): string {
  return path.replace(/\{[^}]*\}/g, "{}");
}

function unversioned(operation: RawOperation): string {
  return pathShape(operation).slice(versionPrefix(operation.path).length);
}

/** Methods that take or answer another type than before; whether that breaks them is the compiler's word. */
export function compareBodies(
  pairs: readonly Pair[],
  owners: readonly OwnerPair[],
  brokenCalls: ReadonlyMap<string, string>,
): Entry[] {
  const laterNames = new Map(owners.map(({ before, after }) => [before.type, after.type]));
  const isSame = (from: string, to: string) => from === to || laterNames.get(from) === to;
  return pairs.flatMap(({ before, after }) => {
    const told = (kind: "answer" | "body", verb: string, from?: string, to?: string): Entry[] => {
      if (from === undefined || to === undefined || isSame(from, to)) return [];
      const impact = brokenCalls.has(after.name) ? "major" : "minor";
      const clause = `${verb} \`${to}\` (was \`${from}\`)`;
      return [{ kind, impact, subject: after.name, clause, instead: to, methods: [after.name] }];
    };
    return [
      ...told("body", "takes", before.model.body?.type, after.model.body?.type),
      ...told("answer", "answers", before.model.answer, after.model.answer),
    ];
  });
}

/** Errors that methods declare anew or no more; one entry for all methods that it happened to. */
export function compareStatuses(pairs: readonly Pair[]): Entry[] {
  const added = pairs.flatMap(({ before, after }) => missing(after.model.errors, before.model.errors, after.name));
  const gone = pairs.flatMap(({ before, after }) => missing(before.model.errors, after.model.errors, after.name));
  return [
    ...group(added, "status-new", "minor", "can now fail with"),
    ...group(gone, "status-gone", "patch", "is not said to fail any more with"),
  ];
}

interface Found {
  readonly what: string;
  readonly method: string;
}

function missing(these: readonly ErrorModel[], others: readonly ErrorModel[], method: string): Found[] {
  const known = new Set(others.map(({ status }) => status));
  return these.filter(({ status }) => !known.has(status)).map((error) => ({ what: words(error), method }));
}

function words({ status, types }: ErrorModel): string {
  return types.length === 0 ? status : `${status} (${listOfNames(types)})`;
}

function group(found: readonly Found[], kind: Entry["kind"], impact: Entry["impact"], verb: string): Entry[] {
  return [...new Set(found.map(({ what }) => what))].map((what) => {
    const methods = found.filter((one) => one.what === what).map(({ method }) => method);
    const [only = ""] = methods;
    const subject = methods.length === 1 ? only : `${methods.length} methods`;
    return { kind, impact, subject, clause: `${verb} ${what}`, methods };
  });
}
