import { deref } from "../generate/shapes.js";
import { arrayAt, isObject, objectAt, textAt } from "../lib/json.js";
import type { RawPair } from "./compare-parameters.js";
import type { Entry } from "./entry.js";

/** Methods whose calls the service does not accept any more, because the client sends a bearer token and nothing else. */
export function securityEntries(pairs: readonly RawPair[], before: unknown, after: unknown): Entry[] {
  return pairs.flatMap(({ before: was, after: is }) => {
    const missing = unmet(after, is.raw.node);
    if (missing === undefined || unmet(before, was.raw.node) !== undefined) return [];
    const clause = `requires ${missing} now, which the client does not send by itself`;
    return [{ kind: "security", impact: "major", subject: is.name, clause, methods: [is.name] } as const];
  });
}

/** What of the first way to authenticate the client does not send; absent when it meets any of them. */
function unmet(document: unknown, operation: unknown): string | undefined {
  const ways =
    isObject(operation) && Array.isArray(operation.security) ? operation.security : arrayAt(document, "security");
  const lacking = ways.map((way) =>
    Object.keys(isObject(way) ? way : {}).filter((name) => !isBearer(schemeAt(document, name))),
  );
  const [first = []] = lacking;
  return lacking.some((names) => names.length === 0) || ways.length === 0
    ? undefined
    : first.map((name) => describeScheme(name, schemeAt(document, name))).join(" and ");
}

function schemeAt(document: unknown, name: string): unknown {
  return deref(document, objectAt(objectAt(document, "components"), "securitySchemes")[name]);
}

/** Where a scheme is not described, nothing says that the token does not do. */
function isBearer(scheme: unknown): boolean {
  const type = textAt(scheme, "type");
  if (type === "http") return textAt(scheme, "scheme")?.toLowerCase() === "bearer";
  return type === undefined || type === "oauth2" || type === "openIdConnect";
}

function describeScheme(name: string, scheme: unknown): string {
  const place = textAt(scheme, "in");
  return place === undefined ? `the authentication \`${name}\`` : `the ${place} \`${textAt(scheme, "name") ?? name}\``;
}
