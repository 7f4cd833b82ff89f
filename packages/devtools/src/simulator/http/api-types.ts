import type * as Types from "sfc-preview-sdk";
import type { operations } from "sfc-preview-sdk/paths";

/** The generated types. Their names do not change when the description renames a schema. */
export type { Types };

/** The shapes of requests and responses, all derived from the generated types. */
export type OperationId = keyof operations;

type Json<T> = T extends { content: { "application/json": infer Body } } ? Body : undefined;
type Defined<T> = { [Name in keyof T]: Exclude<T[Name], undefined> };
type Success = 200 | 201 | 202 | 204;

export type BodyOf<Id extends OperationId> = Json<operations[Id]["requestBody"]>;
/** The query parameters of an operation, without `undefined`: callers may pass it, but a parsed request never contains it. */
export type QueryOf<Id extends OperationId> = Defined<NonNullable<operations[Id]["parameters"]["query"]>>;
/** The path parameters in their order in the path, so that no handler changes when a parameter is renamed. */
export type PathOf<Id extends OperationId> = operations[Id]["parameters"]["path"] extends object
  ? readonly [string, ...string[]]
  : readonly string[];
/** The body of the success response; `undefined` if it has no body. */
export type ResponseOf<Id extends OperationId> = {
  [Status in keyof operations[Id]["responses"] & Success]: Json<operations[Id]["responses"][Status]>;
}[keyof operations[Id]["responses"] & Success];
