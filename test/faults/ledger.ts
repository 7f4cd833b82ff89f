import type { Operation } from "../../src/operation.js";
import type { Reply } from "./fault.js";

/** The relevant parts of one write request. */
export interface Write {
  readonly path: string;
  readonly key: string | undefined;
  readonly body: string;
}

/** A service's record of the writes that it has executed. */
export interface Ledger {
  /** The number of changes: resources bought, created, changed or deleted. A repeat that changes nothing does not count. */
  effects(): number;
  /** Executes one write and returns the reply to it. */
  commit(operation: Operation, write: Write): Reply;
}

/** A repeat has the effect of its retry class: a key returns its first result, absolute values lead to the same state, and anything else has a second effect. */
export function createLedger(): Ledger {
  const byKey = new Map<string, Reply>();
  const states = new Map<string, string>();
  let effects = 0;

  const make = (operation: Operation): Reply => {
    const id = `thing_${++effects}`;
    return operation.empty ? { status: 204, body: undefined } : { status: 201, body: { object: "thing", id } };
  };
  const replay = (operation: Operation, { key }: Write): Reply => {
    const reply = (key !== undefined && byKey.get(key)) || make(operation);
    if (key !== undefined) byKey.set(key, reply);
    return reply;
  };
  const set = (operation: Operation, { path, body }: Write): Reply => {
    const { method } = operation;
    const state = `${method} ${body}`;
    const repeated = states.get(path) === state;
    if (!repeated) effects++;
    states.set(path, state);
    if (repeated && method === "DELETE") return refusal(404);
    // A terminated resource is not found, and a revoked one cannot be revoked again.
    if (repeated && method === "POST") return refusal(path.endsWith("/terminate") ? 404 : 409);
    return operation.empty
      ? { status: 204, body: undefined }
      : { status: 200, body: { object: "thing", id: "thing_1" } };
  };

  return {
    effects: () => effects,
    commit: (operation, write) => {
      if (operation.retry === "read") return { status: 200, body: { object: "thing", id: "thing_1" } };
      if (operation.retry === "keyed") return replay(operation, write);
      return operation.retry === "absolute" ? set(operation, write) : make(operation);
    },
  };
}

function refusal(status: 404 | 409): Reply {
  const type = status === 404 ? "not_found" : "conflict";
  return { status, body: { error: { type, message: "not in a state for this" } } };
}
