import type { Store } from "./store.js";

/** Copies of the world before each of the latest writes, for faults with lagging reads. */
export class History {
  readonly #depth: () => number;
  /** The copies, oldest first. */
  #past: Store[] = [];

  /** `depth` returns the number of writes that reads may lag behind. With 0, no copies are kept. */
  constructor(depth: () => number) {
    this.#depth = depth;
  }

  /** Returns a copy for `add` once the write has succeeded; `undefined` if no reads lag. */
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

  /** Returns the world before the last `writes` writes, or the oldest known one. */
  before(writes: number): Store | undefined {
    return this.#past.at(-writes) ?? this.#past[0];
  }
}
