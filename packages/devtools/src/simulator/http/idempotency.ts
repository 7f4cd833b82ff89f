import type { Assumptions } from "../assumptions.js";
import { Refusal } from "./errors.js";

/** The first result for a key. */
export interface Remembered {
  readonly operation: string;
  /** The request as canonical text: path parameters and body. */
  readonly request: string;
  readonly status: number;
  readonly body: unknown;
  readonly expiresMs: number;
}

/** The memory of idempotency keys. Behavior that is not documented is set in `Assumptions`. */
export class KeyMemory {
  readonly #assumptions: Assumptions;
  readonly #entries = new Map<string, Remembered>();

  constructor(assumptions: Assumptions) {
    this.#assumptions = assumptions;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Returns all entries, for saving. */
  entries(): [string, Remembered][] {
    return [...this.#entries];
  }

  /** Replaces all entries with saved ones. */
  restore(entries: readonly [string, Remembered][]): void {
    this.#entries.clear();
    for (const [scope, entry] of entries) this.#entries.set(scope, entry);
  }

  /** Returns the first result for the key, if it is known and not expired. Throws if a different request used it and `keyMismatch` refuses that. */
  recall(place: KeyPlace, request: string, nowMs: number): Remembered | undefined {
    const entry = this.#entries.get(this.#scope(place));
    if (entry === undefined || entry.expiresMs <= nowMs) return undefined;
    // The response of another operation cannot be replayed, whatever `keyMismatch` is.
    if (entry.operation !== place.operation) throw mismatch(409);
    const { keyMismatch } = this.#assumptions;
    if (entry.request !== request && keyMismatch !== "replay") throw mismatch(keyMismatch);
    return entry;
  }

  remember(place: KeyPlace, request: string, status: number, body: unknown, nowMs: number): void {
    const expiresMs = nowMs + this.#assumptions.keyLifetimeSeconds * 1000;
    // Entries expire in the order of insertion, because all have the same lifetime.
    for (const [scope, entry] of this.#entries) {
      if (entry.expiresMs > nowMs) break;
      this.#entries.delete(scope);
    }
    this.#entries.set(this.#scope(place), { operation: place.operation, request, status, body, expiresMs });
  }

  #scope({ operation, token, key }: KeyPlace): string {
    const { keyScope, keysSharedByTokens } = this.#assumptions;
    return JSON.stringify([keyScope === "operation" ? operation : "", keysSharedByTokens ? "" : token, key]);
  }
}

function mismatch(status: number): Refusal {
  return new Refusal([status], "this idempotency key was used with a different request", [], "idempotency_error");
}

export interface KeyPlace {
  readonly operation: string;
  readonly token: string;
  readonly key: string;
}
