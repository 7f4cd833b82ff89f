import type { OperationErrors } from "sfc-preview-sdk";
import type { OperationId } from "../http/api-types.js";
import type { OperationInfo } from "../http/description.js";

/** A method of the client, such as `orders.create`. */
type MethodName = keyof OperationErrors;
/** All methods of a resource, such as `orders.*`. */
type MethodGroup = MethodName extends `${infer Resource}.${string}` ? `${Resource}.*` : never;

/** A name of operations in a fault rule; see `FaultRule`. */
export type FaultOperation = OperationId | MethodName | MethodGroup | "upload_part" | "download_bytes";

/** The operation of a request, or one of the two presigned URLs. */
export type FaultTarget = OperationInfo | "upload_part" | "download_bytes";

export function targetName(target: FaultTarget): string {
  return typeof target === "string" ? target : target.id;
}

/** The targets that faults can affect, and their names. */
export class Targets {
  readonly all: readonly FaultTarget[];
  readonly #methods: Readonly<Record<string, string>>;

  /** `methods`: names of methods by operation id. */
  constructor(operations: readonly OperationInfo[], methods: Readonly<Record<string, string>>) {
    this.all = [...operations, "upload_part", "download_bytes"];
    this.#methods = methods;
  }

  /** Finds the targets of an operation id, a method or a group. Empty if the name is unknown. */
  named(name: string): readonly FaultTarget[] {
    return this.all.filter((target) => {
      const id = targetName(target);
      const method = this.#methods[id];
      return id === name || method === name || (method !== undefined && `${method.split(".")[0]}.*` === name);
    });
  }
}
