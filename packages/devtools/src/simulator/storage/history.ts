import type { Store } from "./store.js";

/** The world as it was before each of the last writes, as far as a fault wants reads that lag behind them. */
export class History {
  readonly #depth: () => number;
  /** The oldest first. */
  #past: Store[] = [];

  /** `depth`: how many writes back reads may look; 0 keeps nothing. */
  constructor(depth: () => number) {
    this.#depth = depth;
  }

  /** A copy to `add` once the write has succeeded; none while nothing lags. */
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

  /** The world before the last so many writes, or before all that are known. */
  before(writes: number): Store | undefined {
    return this.#past.at(-writes) ?? this.#past[0];
  }
}
