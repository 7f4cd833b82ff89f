import type { Caller } from "../access/callers.js";
import type { Simulation } from "../simulation.js";
import type { BodyOf, OperationId, PathOf, QueryOf, ResponseOf } from "./api-types.js";

/** A request that passed validation. */
export interface ApiRequest<Id extends OperationId> {
  readonly path: PathOf<Id>;
  readonly query: QueryOf<Id>;
  readonly body: BodyOf<Id>;
  readonly caller: Caller;
  /** Scheme, host and port of the request. Presigned URLs start with it. */
  readonly origin: string;
}

/** Executes the operation and returns the body of its success response, or throws a `Refusal`. */
export type Handler<Id extends OperationId> = (
  request: ApiRequest<Id>,
  sim: Simulation,
) => ResponseOf<Id> | Promise<ResponseOf<Id>>;

export type Handlers<Ids extends OperationId> = { readonly [Id in Ids]: Handler<Id> };
