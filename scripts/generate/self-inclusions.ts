import { isObject } from "../lib/json.js";
import { atPointer, fromPointer } from "./pointer.js";
import { walk } from "./walk.js";

type Path = readonly (string | number)[];

/** Where a chain of `$ref`, `allOf`, `oneOf` and `anyOf` leads back to where it began, with the references on the way. */
export interface SelfInclusion {
  readonly path: Path;
  readonly steps: readonly string[];
}

/** Every such chain, once. Schemas that hold themselves in a property or a list are fine: a value ends somewhere. */
export function findSelfInclusions(document: unknown): SelfInclusion[] {
  const found: SelfInclusion[] = [];
  const done = new Set<string>();
  const follow = (target: string, trail: readonly string[]) => {
    if (done.has(target)) return;
    for (const { path, ref } of includedBy(atPointer(document, target), fromPointer(target))) {
      const start = [...trail, target].indexOf(ref);
      if (start === -1) follow(ref, [...trail, target]);
      else found.push({ path, steps: [...[...trail, target].slice(start), ref] });
    }
    done.add(target);
  };
  walk(document, ({ $ref }) => {
    if (typeof $ref === "string" && $ref.startsWith("#/")) follow($ref, []);
  });
  return found;
}

/** The references that a schema includes as they are, without a property or a list in between. */
function includedBy(node: unknown, path: Path): { path: Path; ref: string }[] {
  if (!isObject(node)) return [];
  if (typeof node.$ref === "string") return [{ path: [...path, "$ref"], ref: node.$ref }];
  return ["allOf", "oneOf", "anyOf"].flatMap((key) => {
    const parts = node[key];
    return Array.isArray(parts) ? parts.flatMap((part, index) => includedBy(part, [...path, key, index])) : [];
  });
}
