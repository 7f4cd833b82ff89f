import { matchOperations } from "../diff/match-operations.js";
import { listOperations } from "../generate/raw-operations.js";
import type { Source } from "../generate/source.js";
import { InputProblem } from "../lib/problem.js";

/** Stops at a document that has lost most of the API: it is a part, another API, or cut short. */
export function refuseShrunken(current: unknown, next: Source): void {
  const before = listOperations(current).operations;
  const kept = matchOperations(before, listOperations(next.value).operations).size;
  if (kept * 2 >= before.length) return;
  throw new InputProblem({
    where: next.file,
    what: `Of ${before.length} operations only ${kept} are left: more than half are gone.`,
    mend: "check that it is the whole description; to take it all the same, put it into openapi/sfc-preview.yaml by hand.",
  });
}
