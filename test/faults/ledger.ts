import type { Operation } from "../../src/operation.js";
import type { Reply } from "./fault.js";

/** What one write asks for. */
export interface Write {
  readonly path: string;
  readonly key: string | undefined;
  readonly body: string;
}

/** What a service remembers of the writes that it has carried out. */
export interface Ledger {
  /** Changes made: things bought, made, changed or gone. A repeat that changes nothing does not count. */
  effects(): number;
  /** Carries out one write, and returns the reply to it. */
  commit(operation: Operation, write: Write): Reply;
}

/** Repeats meet what each class promises: a key its first result, absolute values the same state, anything else a second effect. */
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
    // What is terminated is gone; what is revoked already cannot be revoked.
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
