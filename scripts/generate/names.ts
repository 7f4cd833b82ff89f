const RESERVED = new Set(
  (
    "await break case catch class const continue debugger default delete do else enum export extends false finally for " +
    "function if implements import in instanceof interface let new null package private protected public return static " +
    "super switch this throw true try typeof var void while with yield arguments eval"
  ).split(" "),
);

/** A name that may stand in code as a binding. */
export function isIdentifier(name: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(name);
}

/** The operationId itself where it may name a constant, else the nearest name that may. */
export function constantName(operationId: string): string {
  const name = operationId.replace(/[^\w$]+/g, "_").replace(/^(?=\d)|^$/, "_");
  return RESERVED.has(name) || name === "Operation" ? `${name}_` : name;
}

/** The name of a parameter of a generated method; not one of those that the method has anyway. */
export function parameterName(wireName: string): string {
  const name = camelCase(wireName) || "value";
  return RESERVED.has(name) || ["body", "query", "options"].includes(name) ? `${name}Value` : name;
}

/** The name of a field or method; by the name of something that every object has it would break the object. */
export function memberName(name: string): string {
  return name in Object.prototype || name === "then" || name === "toJSON" ? `${name}_` : name;
}

/** `sfc-api_v2.OrderResponse` gives sfc, api, v2, Order, Response; `SSHKeys` gives SSH, Keys; accents are left out. */
export function words(name: string): string[] {
  return name
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "");
}

export function pascalCase(name: string): string {
  const joined = words(name).map(capitalize).join("");
  return /^\d/.test(joined) ? `N${joined}` : joined;
}

export function camelCase(name: string): string {
  const pascal = pascalCase(name);
  return pascal.charAt(0).toLowerCase() + pascal.slice(1);
}

export function kebabCase(name: string): string {
  return words(name).join("-").toLowerCase();
}

export function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** The singular of an English plural as API nouns use them; other words stay as they are. */
export function singular(noun: string): string {
  if (/ies$/i.test(noun)) return noun.replace(/ies$/i, "y");
  if (/(ss|x|ch|sh)es$/i.test(noun)) return noun.slice(0, -2);
  if (/(ss|is)$|(stat|camp|bon|vir|foc|radi|cens|corp|b)us$/i.test(noun)) return noun;
  return noun.replace(/s$/, "");
}
