/**
 * The smallest part of `items` that still fails, as far as leaving out halves, then quarters, and so on to single ones finds it. `fails` is called with a smaller list each time, and
 * never with one that it has called failing before.
 */
export async function minimize<Item>(
  items: readonly Item[],
  fails: (kept: readonly Item[]) => Promise<boolean>,
): Promise<readonly Item[]> {
  let kept = items;
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < kept.length; ) {
      const rest = [...kept.slice(0, from), ...kept.slice(from + size)];
      if (await fails(rest)) kept = rest;
      else from += size;
    }
  }
  return kept;
}
