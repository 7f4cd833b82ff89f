import type { components, operations } from "../../generated/schema.js";

/** The shapes of the API as requests and answers carry them; nothing here is written by hand. */
export type Schemas = components["schemas"];
export type OperationId = keyof operations;

type Json<T> = T extends { content: { "application/json": infer Body } } ? Body : undefined;
type Success = 200 | 201 | 202 | 204;

export type BodyOf<Id extends OperationId> = Json<operations[Id]["requestBody"]>;
export type QueryOf<Id extends OperationId> = NonNullable<operations[Id]["parameters"]["query"]>;
export type PathOf<Id extends OperationId> = NonNullable<operations[Id]["parameters"]["path"]>;
/** Body of the success answer; `undefined` where it has none. */
export type AnswerOf<Id extends OperationId> = {
  [Status in keyof operations[Id]["responses"] & Success]: Json<operations[Id]["responses"][Status]>;
}[keyof operations[Id]["responses"] & Success];
