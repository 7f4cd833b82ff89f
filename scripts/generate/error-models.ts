import { isObject } from "../lib/json.js";
import type { Fault } from "../lib/problem.js";
import type { ErrorModel } from "./model.js";
import type { Answer, Payload } from "./payloads.js";
import type { RawOperation } from "./raw-operations.js";
import { deref, property, propertyNames } from "./shapes.js";
import type { Source } from "./source.js";

interface Context {
  readonly document: unknown;
  readonly source: Source;
  readonly faults: Fault[];
}

/**
 * The client tells errors apart by `error.type`, so an error shape without it is refused. Problem details (RFC 7807) are an
 * exception: gateways answer with them beside the service's own errors, and the client passes them on by their status.
 */
export function errorModels(context: Context, operation: RawOperation, errors: readonly Answer[]): ErrorModel[] {
  return errors.map(({ status, description, payload }) => {
    const type = payload && errorType(context.document, payload.schema);
    if (payload !== undefined && type === undefined && !isProblemDetails(context.document, payload)) {
      const schema = payload.name ?? "the inline schema";
      const fault = {
        where: context.source.at(`${operation.pointer}/responses/${status}`),
        what: `Answer ${status} of ${operation.id} has schema ${schema}, which has no \`error.type\`.`,
        mend: "give the error schema an `error` object with a `type`, in the description or in openapi/overlay.yaml.",
      };
      if (!context.faults.some((other) => other.what === fault.what)) context.faults.push(fault);
    }
    return { status, meaning: description, types: typeValues(type) };
  });
}

function isProblemDetails(document: unknown, { schema, typePath }: Payload): boolean {
  if (typePath.at(-1) === "application/problem+json") return true;
  const names = propertyNames(document, schema);
  return names.includes("title") && (names.includes("status") || names.includes("detail"));
}

function errorType(document: unknown, schema: unknown): unknown {
  const type = property(document, property(document, schema, "error"), "type");
  return type === undefined ? undefined : deref(document, type);
}

function typeValues(type: unknown): string[] {
  if (!isObject(type)) return [];
  const values = "const" in type ? [type.const] : Array.isArray(type.enum) ? type.enum : [];
  return values.filter((value) => typeof value === "string");
}
