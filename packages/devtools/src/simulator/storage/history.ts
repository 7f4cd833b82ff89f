import type { Store } from "./store.js";

/** The world before each of the last writes, for faults with lagging reads. */
export class History {
  readonly #depth: () => number;
  /** Oldest first. */
  #past: Store[] = [];

  /** `depth`: how many writes reads may lag behind; 0 keeps nothing. */
  constructor(depth: () => number) {
    this.#depth = depth;
  }

  /** A copy to `add` once the write has succeeded; `undefined` if nothing lags. */
  copyOf(store: Store): Store | undefined {
    if (this.#depth() > 0) return store.copy();
    this.#past = [];
    return undefined;
  }

  add(before: Store): void {
    this.#past = [...this.#past, before].slice(-this.#depth());
  }

  clear(): void {
    this.#past = [];
  }

  /** The world before the last `writes` writes, or the oldest known one. */
  before(writes: number): Store | undefined {
    return this.#past.at(-writes) ?? this.#past[0];
  }
}
