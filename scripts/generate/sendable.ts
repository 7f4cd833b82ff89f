import { isObject, type JsonObject, objectAt } from "../lib/json.js";
import { HTTP_METHODS } from "./check-description.js";
import { requestBody, speaksJson } from "./payloads.js";
import { declaresIdempotencyKey, type RawOperation } from "./raw-operations.js";
import { deref, isArraySchema } from "./shapes.js";

/** Why no method can be generated for an operation, in words; `undefined` when one can. */
export function whyLeftOut(document: unknown, operation: RawOperation): string | undefined {
  if (!speaksJson(document, operation))
    return "it takes or answers something other than JSON, which generated methods do not";
  if (operation.http === "GET" && requestBody(document, operation)?.required)
    return "a GET cannot carry the body that it requires";
  if (operation.http === "GET" && requiresKey(operation))
    return "it requires an Idempotency-Key, which the client gives to writes alone";
  const parameter = operation.parameters.find(
    (one) => one.required === true && whyUnsendable(document, one) !== undefined,
  );
  if (parameter)
    return `it requires the ${parameter.in} parameter ${parameter.name}, ${whyUnsendable(document, parameter)}`;
  return undefined;
}

function requiresKey(operation: RawOperation): boolean {
  return (
    declaresIdempotencyKey(operation) &&
    operation.parameters.some(({ name, required }) => required === true && /^idempotency-key$/i.test(String(name)))
  );
}

/**
 * Why the client cannot send a parameter, in words. It writes a list as `name=a&name=b` (style `form`, exploded) and everything
 * else as `name=value`; what the description wants otherwise would arrive as something else, without an error.
 */
export function whyUnsendable(document: unknown, parameter: JsonObject): string | undefined {
  const { style, explode, content, schema } = parameter;
  if (parameter.in === "path") {
    return style === undefined || style === "simple" ? undefined : `which the client cannot write in style ${style}`;
  }
  if (parameter.in === "header" || parameter.in === "cookie") return undefined;
  if (parameter.in !== "query") return `which is not in the path, the query or a header`;
  if (isObject(content)) return `which the client cannot write as ${Object.keys(content)[0]}`;
  if (style !== undefined && style !== "form") return `which the client cannot write in style ${style}`;
  if (holds(document, schema, isObjectSchema)) return "which is an object, and the client writes only values and lists";
  const isList = holds(document, schema, (one) => isArraySchema(document, one));
  return isList && explode === false
    ? "whose list the client cannot write without repeating the name (explode: false)"
    : undefined;
}

/** Whether a schema, or a part that it is made of, is of a kind. */
function holds(document: unknown, schema: unknown, isOfKind: (node: JsonObject) => boolean, depth = 0): boolean {
  const node = deref(document, schema);
  if (depth > 10 || isOfKind(node)) return depth <= 10;
  return ["allOf", "oneOf", "anyOf"].some((key) => {
    const parts = node[key];
    return Array.isArray(parts) && parts.some((part) => holds(document, part, isOfKind, depth + 1));
  });
}

function isObjectSchema({ type, properties }: JsonObject): boolean {
  return type === "object" || (Array.isArray(type) && type.includes("object")) || isObject(properties);
}

/** Drops the query parameters that cannot be sent from a document that types are made of, so that no client offers them. */
export function dropUnsendable(document: unknown): unknown {
  for (const item of Object.values(objectAt(document, "paths"))) {
    const pathItem = deref(document, item);
    for (const place of [pathItem, ...HTTP_METHODS.map((method) => objectAt(pathItem, method))]) {
      if (!Array.isArray(place.parameters)) continue;
      place.parameters = place.parameters.filter((node: unknown) => {
        const parameter = deref(document, node);
        return parameter.in !== "query" || whyUnsendable(document, parameter) === undefined;
      });
    }
  }
  return document;
}
