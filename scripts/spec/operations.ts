import { closeIds } from "../generate/names.js";
import { isSuccess } from "../generate/operations.js";
import { listOfNames } from "../lib/text.js";
import type { OwnerPair } from "./differences.js";
import { type Entry, type EntryKind, type Impact, methodEntry } from "./report.js";
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
  const fresh = after.operations.filter(({ id }) => !known.has(id));
  return [
    ...before.operations.filter(({ id }) => !kept.has(id)).map((operation) => gone(operation, fresh, after)),
    ...fresh.map((operation) =>
      methodEntry(operation.name, "method-new", "minor", `is new (${facts.call(operation)})`),
    ),
    ...pairs.flatMap((pair) => RULES.flatMap((rule) => rule(pair))),
  ];
}

function gone(operation: SideOperation, fresh: readonly SideOperation[], after: Side): Entry {
  const { name, id } = operation;
  const make = (clause: string, more?: Partial<Entry>) => methodEntry(name, "method-gone", "major", clause, more);
  const leftOut = `${id} is left out: `;
  const reason = after.model.notices.find((notice) => notice.startsWith(leftOut))?.slice(leftOut.length);
  if (reason !== undefined) return make(`is left out of the client (${facts.call(operation)}): ${reason}`);
  const [close] = closeIds(
    id,
    fresh.map((other) => other.id),
  );
  const instead = fresh.find((other) => other.id === close)?.name;
  const clause = `is gone (${facts.call(operation)})`;
  if (instead === undefined) return make(clause);
  return make(`${clause}, see \`${instead}\``, { instead, isInsteadDocumented: false });
}

type Rule = (pair: Pair) => Entry[];

/** What is worth reporting of a value that is another one: its clause, and where they are not those of the rule, kind and impact. */
type News = string | (Partial<Entry> & { readonly clause: string });

/** A rule about one value of an operation: silent where both sides have the same, or where `describe` finds nothing to report. */
export function rule<T>(
  kind: EntryKind,
  impact: Impact,
  pick: (operation: SideOperation) => T,
  describe: (to: T, from: T, pair: Pair) => News | undefined,
): Rule {
  return (pair) => {
    const [from, to] = [pick(pair.before), pick(pair.after)];
    const news = from === to ? undefined : describe(to, from, pair);
    if (news === undefined) return [];
    const { clause, ...more } = typeof news === "string" ? { clause: news } : news;
    return [methodEntry(pair.after.name, kind, impact, clause, more)];
  };
}

/** What is compared of an operation. */
const facts = {
  name: ({ name }: SideOperation) => name,
  id: ({ id }: SideOperation) => id,
  call: ({ raw }: SideOperation) => `${raw.http} ${raw.path}`,
  pathParameters: ({ model }: SideOperation) => model.pathParameters.length,
  returnsBody: ({ model }: SideOperation) => model.response !== undefined,
  retry: ({ model }: SideOperation) => model.descriptor.retry,
  isKeyed: ({ model }: SideOperation) => model.descriptor.retry === "keyed",
  paging: ({ model }: SideOperation) => model.descriptor.paging,
  pageSize: ({ model }: SideOperation) => model.descriptor.maxLimit,
  isDeprecated: ({ model }: SideOperation) => model.isDeprecated,
  successes: ({ raw }: SideOperation) =>
    raw.responses
      .filter(isSuccess)
      .map(({ status }) => status)
      .join(" or "),
};

const RULES: readonly Rule[] = [
  rule("method-renamed", "major", facts.name, (to, from) => {
    return { clause: `is now called \`${to}\``, subject: from, instead: to, methods: [from, to] };
  }),
  // No call changes, but errors and events name the operation.
  rule("method-id", "patch", facts.id, (to, from) => `is operation \`${to}\` now (was \`${from}\`)`),
  // Methods hide the path; who wrote it out for the path client must write another.
  rule("method-moved", "major", facts.call, (to, from) => {
    return { clause: `is now ${to} (was ${from}); the path client must name it so`, instead: to };
  }),
  rule("arguments", "major", facts.pathParameters, (_to, _from, { before, after }) => {
    return `takes ${pathParameters(after)} first (was ${pathParameters(before)})`;
  }),
  rule("body", "major", readBody, (to, from) => ({
    clause: BODY[to],
    // An argument that is new stands before those that were there; only a body that may now be left out is harmless.
    ...(from === "needed" && to === "optional" && { impact: "minor" as const }),
  })),
  rule("response", "major", facts.returnsBody, (hasOne, _had, { before, after }) =>
    hasOne
      ? `returns \`${after.model.response}\` (was no body)`
      : `no longer returns a body (was \`${before.model.response}\`)`,
  ),
  rule("key-gone", "major", facts.isKeyed, (isKeyed) =>
    isKeyed
      ? { kind: "key-new", impact: "minor", clause: "accepts an idempotency key, so that the client now retries it" }
      : {
          clause: "no longer accepts an idempotency key; after a lost response the client cannot retry it",
          instead: "leave `idempotencyKey` out, and look before you send it again",
        },
  ),
  rule("retry", "minor", facts.retry, (to, from) =>
    from === "keyed" || to === "keyed" ? undefined : `has the retry class \`${to}\` (was \`${from}\`)`,
  ),
  rule("paging", "major", facts.paging, describePaging),
  rule("page-size", "patch", facts.pageSize, (to, from) =>
    to && from ? `asks for pages of at most ${to} (was ${from})` : undefined,
  ),
  rule("method-deprecated", "minor", facts.isDeprecated, (isDeprecated) =>
    isDeprecated ? "is deprecated" : "is no longer deprecated",
  ),
  rule("response", "minor", facts.successes, (to, from, { before, after }) =>
    // A body that comes or goes is the greater news.
    facts.returnsBody(before) === facts.returnsBody(after) ? `succeeds with ${to} (was ${from})` : undefined,
  ),
];

function pathParameters({ model }: SideOperation): string {
  return listOfNames(model.pathParameters.map(({ name }) => name)) || "no path parameter";
}

const BODY = {
  none: "no longer accepts a body",
  optional: "takes a body, which may be left out",
  needed: "needs a body",
} as const;

function readBody({ model }: SideOperation): keyof typeof BODY {
  if (model.body === undefined) return "none";
  return model.body.required ? "needed" : "optional";
}

const PAGING = {
  cursor: "supports forward and backward pagination",
  forward: "supports forward pagination only",
  whole: "returns the whole list in one response",
  seqnum: "returns a range of sequence numbers",
} as const;

type Paging = keyof typeof PAGING | undefined;

function describePaging(to: Paging, from: Paging, { after }: Pair): News {
  const { unfollowedPages } = after.model;
  if (to === undefined && from !== undefined && unfollowedPages !== undefined) {
    const reason = `it ${unfollowedPages.join(" and ")}, which the client does not follow`;
    return `loses its iteration, so that a call returns one page: ${reason} (was: ${PAGING[from]})`;
  }
  const clause = to === undefined ? "is no longer a list" : `${PAGING[to]} (was: ${from ? PAGING[from] : "no list"})`;
  const isWider = from === "whole" || (from === "forward" && to === "cursor");
  return isWider && to !== undefined && to !== "seqnum" ? { clause, impact: "minor" } : clause;
}

/** Methods that take or return another type than before; whether that breaks them is for the compiler to decide. */
export function compareBodies(
  pairs: readonly Pair[],
  owners: readonly OwnerPair[],
  brokenCalls: ReadonlyMap<string, string>,
): Entry[] {
  const laterNames = new Map(owners.map(({ before, after }) => [before.type, after.type]));
  const describe = (verb: string) => (to: string | undefined, from: string | undefined, pair: Pair) => {
    if (from === undefined || to === undefined || laterNames.get(from) === to) return undefined;
    const impact = brokenCalls.has(pair.after.name) ? ("major" as const) : ("minor" as const);
    return { clause: `${verb} \`${to}\` (was \`${from}\`)`, impact, instead: to };
  };
  const rules = [
    rule("body", "minor", ({ model }) => model.body?.type, describe("takes")),
    rule("response", "minor", ({ model }) => model.response, describe("returns")),
  ];
  return pairs.flatMap((pair) => rules.flatMap((compare) => compare(pair)));
}

/** Errors that methods declare anew or no more; one entry for all methods that it happened to. */
export function compareStatuses(pairs: readonly Pair[]): Entry[] {
  return [
    ...statusEntries(pairs, "status-new", "minor", "can now fail with"),
    ...statusEntries(pairs, "status-gone", "patch", "no longer declares the error"),
  ];
}

function statusEntries(pairs: readonly Pair[], kind: EntryKind, impact: Impact, verb: string): Entry[] {
  const methodsOf = new Map<string, string[]>();
  for (const { before, after } of pairs) {
    const errors = kind === "status-new" ? errorsOnlyIn(after, before) : errorsOnlyIn(before, after);
    for (const error of errors) methodsOf.set(error, [...(methodsOf.get(error) ?? []), after.name]);
  }
  return [...methodsOf].map(([error, methods]) => {
    const subject = methods.length === 1 ? methods.join() : `${methods.length} methods`;
    return { kind, impact, subject, clause: `${verb} ${error}`, methods };
  });
}

function errorsOnlyIn({ model: { errors } }: SideOperation, other: SideOperation): string[] {
  const known = new Set(other.model.errors.map(({ status }) => status));
  const only = errors.filter(({ status }) => !known.has(status));
  return only.map(({ status, types }) => (types.length === 0 ? status : `${status} (${listOfNames(types)})`));
}
