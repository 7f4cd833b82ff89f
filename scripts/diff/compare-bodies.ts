import type { OwnerPair } from "./compare-members.js";
import type { Pair } from "./compare-operations.js";
import type { Entry } from "./entry.js";

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
