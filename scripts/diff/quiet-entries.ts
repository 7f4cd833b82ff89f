import { type MemberDifference, pathOf } from "./compare-members.js";
import type { Pair } from "./compare-operations.js";
import type { Entry } from "./entry.js";
import { limitNews } from "./limits.js";
import { memberName } from "./member-entries.js";
import { subjectOf } from "./subject.js";

/** Limits that no type shows: the server may refuse what it took before, or take more. */
export function limitEntries(differences: readonly MemberDifference[]): Entry[] {
  return differences.flatMap((difference) => {
    const { was, is, after } = difference;
    if (was === undefined || is === undefined || was.limits === is.limits || was.signature !== is.signature) return [];
    const { subject, methods } = subjectOf(after);
    const member = memberName(pathOf(difference));
    const clause = `${member === "" ? "" : `\`${member}\` `}has other limits: ${limitNews(is.limits, was.limits)}`;
    return [{ kind: "limits", impact: "patch", subject, clause, methods, ...(member !== "" && { member }) } as const];
  });
}

/** All that is only said differently, in one entry. */
export function wordEntries(differences: readonly MemberDifference[], pairs: readonly Pair[]): Entry[] {
  const methods = pairs
    .filter(({ before, after }) => before.model.description !== after.model.description)
    .map(({ after }) => after.name);
  const types = differences
    .filter(({ was, is }) => was !== undefined && is !== undefined && was.description !== is.description)
    .map(({ after }) => after.operation ?? after.type ?? after.key);
  const subjects = [...new Set([...methods, ...types])];
  if (subjects.length === 0) return [];
  const [only = ""] = subjects;
  const subject = subjects.length === 1 ? only : `${subjects.length} methods and types`;
  return [{ kind: "words", impact: "patch", subject, clause: "described in other words", methods }];
}
