import { words } from "./names.js";
import { SAME_VERB } from "./rules.js";

/** Words of an operationId that say nothing of what it does: `v3`, `handler`. */
const NO_MEANING = /^(v\d+|handler|endpoint|preview|beta|stable)$/;

/**
 * The operationIds that another one may have become, closest first: of the same verb, and with at most one word less in common
 * than it has. `list_instances` may be `v3.list_instances` or `listInstances`, and never `delete_instances`.
 */
export function closeIds(id: string, others: Iterable<string>): string[] {
  const wanted = meaningOf(id);
  const rated = [...others]
    .filter((other) => other !== id)
    .map((other) => {
      const meaning = meaningOf(other);
      const shared = meaning.filter((word) => wanted.includes(word)).length;
      return { other, verb: meaning[0], shared, surplus: meaning.length - shared };
    })
    .filter(({ verb, shared }) => verb === wanted[0] && shared >= 2 && shared >= wanted.length - 1);
  return rated.sort((a, b) => b.shared - a.shared || a.surplus - b.surplus).map(({ other }) => other);
}

function meaningOf(id: string): string[] {
  const [first = "", ...rest] = words(id)
    .map((word) => word.toLowerCase())
    .filter((word) => !NO_MEANING.test(word));
  return [SAME_VERB.get(first) ?? first, ...rest];
}
