/** The JSON of a value, the same whatever the order of its fields. */
export function canonicalJson(value: unknown): string | undefined {
  return JSON.stringify(value, sortKeys);
}

function sortKeys(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
