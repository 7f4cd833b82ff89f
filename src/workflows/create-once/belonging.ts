import { intentTag } from "./intent.js";
import type { CreatableKind } from "./kinds.js";
import { intentOf } from "./lookup.js";

interface Named {
  readonly object: string;
  readonly id: string;
  readonly name: string;
}

export function describe({ object, id, name }: Named): string {
  return `${object} ${id} ("${name}")`;
}

/** Why a resource that has the right name or tag may not be of an intent. `undefined`: it is. */
export function doubtAbout(
  existing: Named,
  {
    kind,
    tagged,
    intent,
    adoptUntagged,
  }: { kind: CreatableKind; tagged: boolean; intent: string; adoptUntagged: boolean },
): string | undefined {
  const carried = intentOf(existing);
  if (tagged && carried === intent) return undefined;
  if (carried !== undefined) {
    return `${describe(existing)} carries the intent "${carried}". Give this one a name of its own.`;
  }
  if (adoptUntagged) return undefined;
  if (tagged) {
    return `${describe(existing)} has this name and carries no intent tag. Either createOnce did not create it, or an update has replaced its tags: an update that adds "${intentTag}": "${intent}" to them puts the tag back. To adopt it as it is, pass adoptUntagged: true.`;
  }
  // The name comes from the intent, and so it says whose it is.
  if (existing.name === intent) return undefined;
  return `${describe(existing)} has this name, and nothing says whether it is of this intent, because ${kind} have no tags. Leave out the name, so that it comes from the intent, or pass adoptUntagged: true.`;
}
