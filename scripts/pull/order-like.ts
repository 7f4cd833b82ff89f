import { isObject } from "../lib/json.js";

/** The same values with their keys in the order of another document, so that a comparison by lines shows changes only. */
export function orderLike(value: unknown, model: unknown): unknown {
  if (Array.isArray(value)) {
    const models = Array.isArray(model) ? model : [];
    return value.map((item, index) =>
      orderLike(item, models.find((other) => isCounterpart(item, other)) ?? models[index]),
    );
  }
  if (!isObject(value)) return value;
  const known = isObject(model) ? model : {};
  const keys = [
    ...Object.keys(known).filter((key) => Object.hasOwn(value, key)),
    ...Object.keys(value).filter((key) => !Object.hasOwn(known, key)),
  ];
  return Object.fromEntries(keys.map((key) => [key, orderLike(value[key], known[key])]));
}

/** Parameters and tags are known by their names, wherever they stand in their list. */
function isCounterpart(item: unknown, other: unknown): boolean {
  return (
    isObject(item) && isObject(other) && item.name !== undefined && item.name === other.name && item.in === other.in
  );
}
