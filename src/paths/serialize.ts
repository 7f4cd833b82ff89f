import { createQuerySerializer, type QuerySerializerOptions } from "openapi-fetch";
import type { Operation } from "../operation.js";
import { type ErrorContext, UsageError } from "../wrappers/errors.js";
import { fillPath, jsonOf, queryString } from "../wrappers/http.js";
import type { Serializers } from "./options.js";

/** The serializers of one call: its own, else the client's, else those of methods. */
export function serializersFor(operation: Operation, client: Serializers, call: Serializers): Serializers {
  const context = { operation };
  const own = call.querySerializer ?? client.querySerializer;
  const isSettings = own !== undefined && typeof own !== "function";
  return {
    querySerializer: isSettings
      ? (query) => {
          // Refuses what methods refuse. openapi-fetch leaves out an empty list, which then matches everything.
          queryString(withoutObjects(query), context);
          return createQuerySerializer({ ...settingsOf(client), ...settingsOf(call) })(query);
        }
      : (own ?? ((query) => queryString(query, context))),
    pathSerializer:
      call.pathSerializer ??
      client.pathSerializer ??
      ((path, values) => fillPath(path, withTexts(values, context), context)),
    bodySerializer:
      call.bodySerializer ??
      client.bodySerializer ??
      // openapi-fetch passes the headers too, which its types leave out.
      ((body: unknown, headers?: Headers) => serializeBody(operation, body, headers)),
  };
}

/** Numbers as text, where every digit of it is exact. */
function withTexts(values: Readonly<Record<string, unknown>>, context: ErrorContext): Record<string, unknown> {
  const entries = Object.entries(values).map(([name, value]) => {
    if (typeof value !== "number" && typeof value !== "bigint") return [name, value];
    if (typeof value === "bigint" || Number.isSafeInteger(value)) return [name, String(value)];
    throw new UsageError(name, "must be a string, or a whole number below 2^53, whose text is exact", context);
  });
  return Object.fromEntries(entries);
}

function settingsOf({ querySerializer }: Serializers): QuerySerializerOptions {
  return typeof querySerializer === "object" ? querySerializer : {};
}

function withoutObjects(query: object): object {
  return Object.fromEntries(
    Object.entries(query).filter(([, value]) => Array.isArray(value) || Object(value) !== value),
  );
}

function serializeBody(operation: Operation, body: unknown, headers: Headers | undefined): unknown {
  if (body instanceof FormData) return body;
  if (headers?.get("content-type")?.startsWith("application/x-www-form-urlencoded")) {
    return new URLSearchParams(body as Record<string, string>).toString();
  }
  return jsonOf(operation, body);
}
