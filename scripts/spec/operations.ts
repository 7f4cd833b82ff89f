import { closeIds } from "../generate/names.js";
import type { OperationModel } from "../generate/operation-model.js";
import { isSuccess, type RawOperation } from "../generate/operations.js";
import { listOfNames } from "../lib/text.js";
import type { OwnerPair } from "./differences.js";
import { type Entry, type EntryKind, type Impact, methodEntry, type News } from "./report.js";
import { matchOperations } from "./sdk-table.js";
import type { Both, Side } from "./side.js";

/** An operation on both sides. */
export type Pair = Both<OperationModel>;

export function pairOperations(before: Side, after: Side): Pair[] {
  const [from = [], to = []] = [before, after].map(({ model }) => model.operations.map(({ raw }) => raw));
  const matches = matchOperations(from, to);
  return before.model.operations.flatMap((operation) => {
    const other = after.model.operations.find(({ id }) => id === matches.get(operation.id));
    return other === undefined ? [] : [{ before: operation, after: other }];
  });
}

/** Methods that exist on only one side. */
export function listUnpaired(before: Side, after: Side, pairs: readonly Pair[]): Entry[] {
  const known = new Set(pairs.flatMap((pair) => [pair.before, pair.after]));
  const [lost = [], fresh = []] = [before, after].map(({ model }) => model.operations.filter((one) => !known.has(one)));
  return [
    ...lost.map((one) => methodEntry(one.descriptor.name, gone(one, fresh, after))),
    ...fresh.map(({ descriptor, raw }) =>
      methodEntry(descriptor.name, ["method-new", "minor", `is new (${callOf(raw)})`]),
    ),
  ];
}

function gone({ id, raw }: OperationModel, fresh: readonly OperationModel[], after: Side): News {
  const leftOut = `${id} is left out: `;
  const reason = after.model.notices.find((notice) => notice.startsWith(leftOut))?.slice(leftOut.length);
  const call = callOf(raw);
  if (reason !== undefined) return ["method-gone", "major", `is left out of the client (${call}): ${reason}`];
  const ids = fresh.map((other) => other.id);
  const instead = fresh.find((other) => other.id === closeIds(id, ids)[0])?.descriptor.name;
  if (instead === undefined) return ["method-gone", "major", `is gone (${call})`];
  return ["method-gone", "major", `is gone (${call}), see \`${instead}\``, { instead, isInsteadDocumented: false }];
}

/** All differences of a method, except for how it is sent and for the members of its types. */
export function* compareMethod({ before: was, after: is }: Pair): Generator<News> {
  const [from, to] = [was.descriptor, is.descriptor];
  if (from.name !== to.name) {
    const more = { subject: from.name, instead: to.name, methods: [from.name, to.name] };
    yield ["method-renamed", "major", `is now called \`${to.name}\``, more];
  }
  // No call changes, but errors and events name the operation.
  if (was.id !== is.id) yield ["method-id", "patch", `is operation \`${is.id}\` now (was \`${was.id}\`)`];
  // Methods hide the path, but calls of the path client must use the new one.
  const [oldCall, call] = [callOf(was.raw), callOf(is.raw)];
  if (oldCall !== call) {
    const clause = `is now ${call} (was ${oldCall}); the path client must name it so`;
    yield ["method-moved", "major", clause, { instead: call }];
  }
  if (was.pathParameters.length !== is.pathParameters.length) {
    yield ["arguments", "major", `takes ${listPathParameters(is)} first (was ${listPathParameters(was)})`];
  }
  // A new argument comes before the existing ones. Only a body that becomes optional is harmless.
  const isLooser = was.body?.required === true && is.body?.required === false;
  if (describeBody(was) !== describeBody(is)) yield ["body", isLooser ? "minor" : "major", describeBody(is)];
  if (was.response === undefined && is.response !== undefined) {
    yield ["response", "major", `returns \`${is.response}\` (was no body)`];
  } else if (was.response !== undefined && is.response === undefined) {
    yield ["response", "major", `no longer returns a body (was \`${was.response}\`)`];
  } else if (listSuccesses(was) !== listSuccesses(is)) {
    yield ["response", "minor", `succeeds with ${listSuccesses(is)} (was ${listSuccesses(was)})`];
  }
  if (from.retry !== to.retry) yield compareRetry(from.retry, to.retry);
  if (from.paging !== to.paging) yield comparePaging(from.paging, is);
  if (from.maxLimit !== to.maxLimit && from.maxLimit && to.maxLimit) {
    yield ["page-size", "patch", `asks for pages of at most ${to.maxLimit} (was ${from.maxLimit})`];
  }
  if (was.isDeprecated !== is.isDeprecated) {
    yield ["method-deprecated", "minor", is.isDeprecated ? "is deprecated" : "is no longer deprecated"];
  }
}

/** `GET /preview/v2/instances`. */
function callOf({ http, path }: RawOperation): string {
  return `${http} ${path}`;
}

function listPathParameters({ pathParameters }: OperationModel): string {
  return listOfNames(pathParameters.map(({ name }) => name)) || "no path parameter";
}

function describeBody({ body }: OperationModel): string {
  if (body === undefined) return "no longer accepts a body";
  return body.required ? "needs a body" : "takes a body, which may be left out";
}

function listSuccesses({ raw }: OperationModel): string {
  const successes = raw.responses.filter(isSuccess);
  return successes.map(({ status }) => status).join(" or ");
}

type Descriptor = OperationModel["descriptor"];

function compareRetry(from: Descriptor["retry"], to: Descriptor["retry"]): News {
  if (to === "keyed") return ["key-new", "minor", "accepts an idempotency key, so that the client now retries it"];
  if (from !== "keyed") return ["retry", "minor", `has the retry class \`${to}\` (was \`${from}\`)`];
  const clause = "no longer accepts an idempotency key; after a lost response the client cannot retry it";
  return ["key-gone", "major", clause, { instead: "leave `idempotencyKey` out, and look before you send it again" }];
}

const PAGING = {
  none: "no list",
  cursor: "supports forward and backward pagination",
  forward: "supports forward pagination only",
  whole: "returns the whole list in one response",
  seqnum: "returns a range of sequence numbers",
} as const;

function comparePaging(from: Descriptor["paging"], { descriptor, unfollowedPages }: OperationModel): News {
  const to = descriptor.paging;
  const was = `(was: ${PAGING[from ?? "none"]})`;
  if (to !== undefined) {
    const isWider = to !== "seqnum" && (from === "whole" || (from === "forward" && to === "cursor"));
    return ["paging", isWider ? "minor" : "major", `${PAGING[to]} ${was}`];
  }
  if (unfollowedPages === undefined) return ["paging", "major", "is no longer a list"];
  const reason = `it ${unfollowedPages.join(" and ")}, which the client does not follow`;
  return ["paging", "major", `loses its iteration, so that a call returns one page: ${reason} ${was}`];
}

/** Whether a method accepts or returns another type. The compiler decides whether that breaks calls. */
export function* compareTypes(
  { before, after }: Pair,
  owners: readonly OwnerPair[],
  isBroken: boolean,
): Generator<News> {
  const compared = [
    ["body", "takes", before.body?.type, after.body?.type],
    ["response", "returns", before.response, after.response],
  ] as const;
  for (const [kind, verb, from, to] of compared) {
    if (from === undefined || to === undefined || from === to) continue;
    // A type that is only renamed has its own entry.
    if (owners.some((owner) => owner.before.type === from && owner.after.type === to)) continue;
    yield [kind, isBroken ? "major" : "minor", `${verb} \`${to}\` (was \`${from}\`)`, { instead: to }];
  }
}

/** Errors that methods newly declare or no longer declare, with one entry for all affected methods. */
export function compareStatuses(pairs: readonly Pair[]): Entry[] {
  const entries = new Map<string, Entry>();
  const add = (method: string, kind: EntryKind, impact: Impact, clause: string) => {
    const methods = [...(entries.get(clause)?.methods ?? []), method];
    const subject = methods.length === 1 ? method : `${methods.length} methods`;
    entries.set(clause, { kind, impact, subject, clause, methods });
  };
  for (const { before, after } of pairs) {
    const { name } = after.descriptor;
    for (const error of errorsOnlyIn(after, before)) add(name, "status-new", "minor", `can now fail with ${error}`);
    for (const error of errorsOnlyIn(before, after))
      add(name, "status-gone", "patch", `no longer declares the error ${error}`);
  }
  return [...entries.values()];
}

function errorsOnlyIn({ errors }: OperationModel, other: OperationModel): string[] {
  const known = new Set(other.errors.map(({ status }) => status));
  const only = errors.filter(({ status }) => !known.has(status));
  return only.map(({ status, types }) => (types.length === 0 ? status : `${status} (${listOfNames(types)})`));
}
