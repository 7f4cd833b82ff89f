/** A JSON pointer in its URI form: `#/paths/~1orders/get`. */
export function toPointer(path: readonly (string | number)[]): string {
  return ["#", ...path.map((step) => String(step).replaceAll("~", "~0").replaceAll("/", "~1"))].join("/");
}

/** The steps of a JSON pointer in its URI form; percent-encoding as `$ref` allows it. */
export function fromPointer(pointer: string): string[] {
  const steps = pointer.replace(/^#?\/?/, "");
  if (steps === "") return [];
  return steps.split("/").map((step) => decodePercent(step).replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** What a pointer names within a document, or `undefined`. */
export function atPointer(document: unknown, pointer: string): unknown {
  let here: unknown = document;
  for (const step of fromPointer(pointer)) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as Record<string, unknown>)[step];
  }
  return here;
}

function decodePercent(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
