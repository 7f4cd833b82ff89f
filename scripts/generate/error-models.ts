import { isObject } from "./json.js";
import type { ErrorModel } from "./model.js";
import type { Answer } from "./payloads.js";
import type { Fault } from "./problem.js";
import type { RawOperation } from "./raw-operations.js";
import { deref, property } from "./shapes.js";
import type { Source } from "./source.js";

interface Context {
  readonly document: unknown;
  readonly source: Source;
  readonly faults: Fault[];
}

/** The client tells errors apart by `error.type`: an error shape without it is not one that it can serve. */
export function errorModels(context: Context, operation: RawOperation, errors: readonly Answer[]): ErrorModel[] {
  return errors.map(({ status, description, payload }) => {
    const type = payload && errorType(context.document, payload.schema);
    if (payload !== undefined && type === undefined) {
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

function errorType(document: unknown, schema: unknown): unknown {
  const type = property(document, property(document, schema, "error"), "type");
  return type === undefined ? undefined : deref(document, type);
}

function typeValues(type: unknown): string[] {
  if (!isObject(type)) return [];
  const values = "const" in type ? [type.const] : Array.isArray(type.enum) ? type.enum : [];
  return values.filter((value) => typeof value === "string");
}
