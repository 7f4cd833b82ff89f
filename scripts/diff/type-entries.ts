import type { OwnerComparison } from "./compare-members.js";
import type { Entry } from "./entry.js";
import type { Owner } from "./owners.js";
import type { Side } from "./side.js";

/** Exported types that have another name or none: an import of one does not compile any more. */
export function typeEntries({ pairs, gone }: OwnerComparison, after: Side): Entry[] {
  const exported = new Set(after.model.types.map(({ name }) => name));
  const isGone = (type: string | undefined): type is string => type !== undefined && !exported.has(type);
  const renamed = pairs.flatMap(({ before, after: now }): Entry[] => {
    if (!isGone(before.type) || now.type === undefined) return [];
    const [subject, instead] = [before.type, now.type];
    const clause = `is now called \`${instead}\``;
    return [
      { kind: "type-renamed", impact: "major", subject, clause, instead, owner: before.key, methods: methodsOf(now) },
    ];
  });
  const lost = gone.flatMap(({ type }) => (isGone(type) ? [type] : []));
  const clause = "is not exported any more";
  return [
    ...renamed,
    ...lost.map((subject): Entry => ({ kind: "type-gone", impact: "major", subject, clause, methods: [] })),
  ];
}

function methodsOf({ use }: Owner): string[] {
  return [...new Set([...use.request, ...use.answer, ...use.error])];
}
