import { createQuerySerializer, type QuerySerializerOptions } from "openapi-fetch";
import type { Operation } from "../operation.js";
import { isPlainObject } from "../wrappers/checks.js";
import { type ErrorContext, UsageError } from "../wrappers/errors.js";
import { fillPath, serializeBody, serializeQuery } from "../wrappers/request.js";
import type { Serializers } from "./options.js";

/** The serializers of one call: its own, else the client's, else those of methods. `known` is `undefined` for a path that the description does not contain. */
export function serializersFor(
  known: Operation | undefined,
  operation: Operation,
  client: Serializers,
  call: Serializers,
): Serializers {
  const context = { operation };
  const { querySerializer, pathSerializer, bodySerializer } = { ...client, ...call };
  const isText = (value: unknown) => typeof value === "string";
  return {
    querySerializer:
      typeof querySerializer === "function"
        ? (query) => checkResult("querySerializer", querySerializer(query), isText)
        : (query) => {
            const search = serializeQuery(querySerializer ? withoutObjects(query) : query, context);
            if (!querySerializer) return search;
            // `serializeQuery` checks the query first, because openapi-fetch omits an empty list, and the request would match everything.
            return createQuerySerializer({ ...readSerializerOptions(client), ...readSerializerOptions(call) })(query);
          },
    pathSerializer: pathSerializer
      ? (path, values) => checkResult("pathSerializer", pathSerializer(path, values), isText)
      : (path, values) => fillPath(path, numbersToStrings(values, context), context),
    bodySerializer: bodySerializer
      ? // openapi-fetch also passes the headers, which its types do not declare.
        (...body) => checkResult("bodySerializer", bodySerializer(...body) ?? undefined, isBody)
      : (body: unknown, headers?: Headers) => serializePathBody(known, operation, body, headers),
  };
}

function checkResult<T>(name: string, value: T, isValid: (value: unknown) => boolean): T {
  if (isValid(value)) return value;
  throw new UsageError(`options.${name}`, "returned something that cannot be sent");
}

/** Whether a value is a body that `fetch` accepts. It would send any other object as "[object Object]". */
function isBody(value: unknown): boolean {
  return value === undefined || typeof value === "string" || (Object(value) === value && !isData(value));
}

function isData(value: unknown): boolean {
  return Array.isArray(value) || isPlainObject(value) || typeof value === "function";
}

/** Converts numbers to strings; throws for numbers that are not exact. */
function numbersToStrings(values: Readonly<Record<string, unknown>>, context: ErrorContext): Record<string, unknown> {
  const entries = Object.entries(values).map(([name, value]) => {
    if (typeof value !== "number" && typeof value !== "bigint") return [name, value];
    if (typeof value === "bigint" || Number.isSafeInteger(value)) return [name, String(value)];
    throw new UsageError(name, "must be a string or a safe integer", context);
  });
  return Object.fromEntries(entries);
}

function readSerializerOptions({ querySerializer }: Serializers): QuerySerializerOptions {
  return typeof querySerializer === "object" ? querySerializer : {};
}

function withoutObjects(query: object): object {
  return Object.fromEntries(
    Object.entries(query).filter(([, value]) => Array.isArray(value) || Object(value) !== value),
  );
}

function serializePathBody(
  known: Operation | undefined,
  operation: Operation,
  body: unknown,
  headers: Headers | undefined,
): unknown {
  if (!known && body instanceof FormData) return body;
  if (headers?.get("content-type")?.startsWith("application/x-www-form-urlencoded")) {
    return new URLSearchParams(body as Record<string, string>).toString();
  }
  return serializeBody(operation, body);
}
