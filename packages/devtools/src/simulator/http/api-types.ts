import type * as Types from "sfc-preview-sdk";
import type { operations } from "sfc-preview-sdk/paths";

/** By the names of types, which stay when the description renames a schema. */
export type { Types };

/** The shapes of the API as requests and answers carry them; nothing here is written by hand. */
export type OperationId = keyof operations;

type Json<T> = T extends { content: { "application/json": infer Body } } ? Body : undefined;
type Defined<T> = { [Name in keyof T]: Exclude<T[Name], undefined> };
type Success = 200 | 201 | 202 | 204;

export type BodyOf<Id extends OperationId> = Json<operations[Id]["requestBody"]>;
/** What has arrived is never `undefined`, which callers may give. */
export type QueryOf<Id extends OperationId> = Defined<NonNullable<operations[Id]["parameters"]["query"]>>;
/** The values of the path in the order in which it names them: a renamed parameter changes no handler. */
export type PathOf<Id extends OperationId> = operations[Id]["parameters"]["path"] extends object
  ? readonly [string, ...string[]]
  : readonly string[];
/** Body of the success answer; `undefined` where it has none. */
export type ResponseOf<Id extends OperationId> = {
  [Status in keyof operations[Id]["responses"] & Success]: Json<operations[Id]["responses"][Status]>;
}[keyof operations[Id]["responses"] & Success];
