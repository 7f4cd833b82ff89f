import { canonicalJson } from "../../canonical-json.js";
import { authorize } from "../access/authorize.js";
import { type Caller, readCaller } from "../access/callers.js";
import { handlers } from "../resources/index.js";
import type { Simulation } from "../simulation.js";
import type { History } from "../storage/history.js";
import type { OperationId } from "./api-types.js";
import type { OperationInfo } from "./description.js";
import { errorBody, Refusal } from "./errors.js";
import type { ApiRequest, Handler } from "./handler.js";
import type { KeyMemory, Remembered } from "./idempotency.js";
import type { Validator } from "./validate.js";

/** A received request. */
export interface RawRequest {
  readonly path: Record<string, string>;
  readonly search: URLSearchParams;
  readonly authorization: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly contentType: string | undefined;
  readonly bodyText: string;
  readonly origin: string;
}

export interface OperationResult {
  readonly status: number;
  /** `undefined` when there is no body. */
  readonly body: unknown;
  readonly committed: boolean;
  readonly replayed: boolean;
}

export interface Dispatcher {
  readonly sim: Simulation;
  readonly validator: Validator;
  readonly keys: KeyMemory;
  readonly history: History;
  /** Whether the simulator has begun to close. */
  readonly closing: () => boolean;
}

/**
 * Executes one operation: authentication, validation, authorization, idempotency, then the handler. `lag` is the number of latest writes that a
 * read does not include.
 */
export async function dispatch(
  dispatcher: Dispatcher,
  operation: OperationInfo,
  raw: RawRequest,
  lag = 0,
): Promise<OperationResult> {
  if (handlers[operation.id] === undefined) return unknownOperation(operation);
  try {
    const caller = readCaller(dispatcher.sim, raw.authorization);
    const request = readRequest(dispatcher.validator, operation, raw, caller);
    authorize(dispatcher.sim, operation, caller, request);
    return await runOperation(dispatcher, operation, raw, request, lag);
  } catch (error) {
    if (error instanceof Refusal) return refused(operation, error);
    throw error;
  }
}

/** The response for an operation without a handler: the description can be newer than the simulator. */
function unknownOperation({ id }: OperationInfo): OperationResult {
  const body = errorBody(501, `the simulator does not support ${id} yet`);
  return { status: 501, body, committed: false, replayed: false };
}

type AnyRequest = ApiRequest<OperationId>;

function readRequest(validator: Validator, operation: OperationInfo, raw: RawRequest, caller: Caller): AnyRequest {
  return {
    path: valuesInOrder(operation, validator.path(operation, raw.path)),
    query: validator.query(operation, raw.search),
    body: operation.body === undefined ? undefined : validator.body(operation, parseBody(raw)),
    caller,
    origin: raw.origin,
    // The validator has checked the values against the description.
  } as AnyRequest;
}

/** Path parameters in their order in the path, so that no handler depends on their names. */
function valuesInOrder({ path }: OperationInfo, values: Record<string, string>): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => values[name] ?? "");
}

function parseBody({ bodyText, contentType }: RawRequest): unknown {
  if (contentType === undefined || !/^application\/json\s*(;|$)/i.test(contentType)) {
    throw new Refusal([422, 400], "the body must be application/json");
  }
  try {
    return JSON.parse(bodyText) as unknown;
  } catch {
    throw new Refusal([422, 400], "the body is not JSON");
  }
}

async function runOperation(
  { sim, keys, history }: Dispatcher,
  operation: OperationInfo,
  raw: RawRequest,
  request: AnyRequest,
  lag: number,
): Promise<OperationResult> {
  const place =
    operation.keyed && raw.idempotencyKey
      ? { operation: operation.id, token: request.caller.token, key: raw.idempotencyKey }
      : undefined;
  const fingerprint = canonicalJson({ path: request.path, body: request.body });
  const first = place === undefined ? undefined : keys.recall(place, fingerprint, sim.clock.ms);
  if (first !== undefined) return replay(sim, operation, request, first);

  const seen = lag === 0 ? sim : { ...sim, store: history.before(lag) ?? sim.store };
  const before = changesState(operation) ? history.copyOf(sim.store) : undefined;
  const produced = (handlers[operation.id] as Handler<OperationId>)(request, seen);
  // There is no `await` between a synchronous handler and storing its key, because a duplicate of this request must not run in between.
  const body: unknown = produced instanceof Promise ? await produced : produced;
  if (before !== undefined) history.add(before);
  if (changesState(operation)) sim.store.forgetUnreferenced();
  if (place !== undefined) keys.remember(place, fingerprint, operation.success, body, sim.clock.ms);
  return { status: operation.success, body, committed: changesState(operation), replayed: false };
}

const harmlessPosts = new Set<OperationId>([
  "get_order_preview",
  "check_permission_handler",
  "create_image_upload_part_url",
]);

function changesState({ id, method }: OperationInfo): boolean {
  return method !== "GET" && !harmlessPosts.has(id);
}

/** The operation that reads the resource that each keyed operation creates. */
const readers: Partial<Record<OperationId, OperationId>> = {
  create_order: "fetch_order",
  create_pool_transfer: "fetch_pool_transfer",
  replace_instance: "fetch_instance",
};

function replay(sim: Simulation, operation: OperationInfo, request: AnyRequest, first: Remembered): OperationResult {
  const status = sim.assumptions.keyReplayStatus === "original" ? first.status : sim.assumptions.keyReplayStatus;
  const body =
    sim.assumptions.keyReplayBody === "original" ? first.body : currentBody(sim, operation, request, first.body);
  return { status, body, committed: false, replayed: true };
}

function currentBody(sim: Simulation, { id }: OperationInfo, request: AnyRequest, original: unknown): unknown {
  const reader = readers[id];
  if (reader === undefined) return original;
  const path = [(original as { id: string }).id];
  try {
    return (handlers[reader] as Handler<OperationId>)({ ...request, path } as AnyRequest, sim);
  } catch (error) {
    // If the resource was deleted in the meantime, the first response is returned.
    if (error instanceof Refusal) return original;
    throw error;
  }
}

function refused(operation: OperationInfo, refusal: Refusal): OperationResult {
  const status = refusal.statuses.find((candidate) => operation.responses.has(candidate)) ?? refusal.statuses[0];
  const declaredEmpty = operation.responses.has(status) && operation.responses.get(status) === undefined;
  const body = declaredEmpty ? undefined : errorBody(status, refusal.message, refusal.details, refusal.type);
  return { status, body, committed: false, replayed: false };
}
