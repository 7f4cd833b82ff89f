import { arrayAt, isObject, objectAt } from "../lib/json.js";
import { deref, property, schemaName } from "./shapes.js";
import { walk } from "./walk.js";

/**
 * A copy in which every arm of a union stands in the mapping of its discriminator, where the arm itself says what value it
 * has. openapi-typescript takes the schema's name as the value of an arm that is left out; together with the arm's own
 * value that makes a type that nothing fits, wherever the schema is used.
 */
export function completeDiscriminators(description: unknown): unknown {
  const document: unknown = structuredClone(description);
  walk(document, (node) => {
    const { discriminator } = node;
    if (!isObject(discriminator) || typeof discriminator.propertyName !== "string") return;
    const mapping = { ...objectAt(discriminator, "mapping") };
    const mapped = new Set(Object.values(mapping).map((target) => String(target).split("/").at(-1)));
    for (const arm of [...arrayAt(node, "oneOf"), ...arrayAt(node, "anyOf")]) {
      const value = deref(document, property(document, arm, discriminator.propertyName)).const;
      const name = schemaName(arm);
      if (name === undefined || mapped.has(name) || typeof value !== "string") continue;
      mapping[value] = `#/components/schemas/${name}`;
    }
    if (Object.keys(mapping).length > 0) discriminator.mapping = mapping;
  });
  return document;
}
