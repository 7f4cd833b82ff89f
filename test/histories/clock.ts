import { AsyncLocalStorage } from "node:async_hooks";
import type { Runtime } from "../../src/wrappers/options.js";
import { choicesFrom } from "./random.js";

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

const hangAfterMs = 10_000;

/**
 * A client's clock, which moves to its next timer when nothing else can happen: no request is under way that will get a
 * response. Waits and timeouts cost no time, and a slow machine cannot make one fire early.
 */
export class Clock implements Runtime {
  readonly #timers = new Set<Timer>();
  readonly #startDate: number;
  readonly #onHang: () => void;
  #now = 1_000_000;
  #busy = 0;
  #change = 0;
  #scheduled = false;
  #keys = 0;
  readonly random: () => number;
  readonly randomUUID: () => string;

  constructor(dateMs: number, seed: string, onHang: () => void) {
    this.#startDate = dateMs - this.#now;
    this.#onHang = onHang;
    this.random = choicesFrom(`${seed} client`).random;
    this.randomUUID = () => `${seed.replaceAll(" ", "-")}-${++this.#keys}`;
  }

  readonly monotonicMs = () => this.#now;
  readonly dateMs = () => this.#startDate + this.#now;

  readonly setTimeout = (run: () => void, ms: number): unknown => {
    const bound = AsyncLocalStorage.bind(run);
    const timer = { at: this.#now + ms, run: bound };
    this.#timers.add(timer);
    this.#touch();
    return timer;
  };

  readonly clearTimeout = (timer: unknown): void => {
    this.#timers.delete(timer as Timer);
    this.#touch();
  };

  /** Something is under way that ends by itself. Call the result when it has. */
  busy(): () => void {
    this.#busy += 1;
    this.#change += 1;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#busy -= 1;
      this.#touch();
    };
  }

  #touch(): void {
    this.#change += 1;
    if (this.#scheduled || this.#busy > 0) return;
    this.#scheduled = true;
    const change = this.#change;
    // What has just happened may lead to more: wait until the process has nothing left to do.
    setTimeout(() =>
      setImmediate(() =>
        setImmediate(() => {
          this.#scheduled = false;
          if (this.#busy > 0) return;
          if (change !== this.#change || usesFiles()) this.#touch();
          else this.#advance();
        }),
      ),
    );
  }

  /** Only when nothing changes for long, nothing ever will. */
  #suspectHang(): void {
    const change = this.#change;
    setTimeout(() => change === this.#change && this.#onHang(), hangAfterMs).unref();
  }

  #advance(): void {
    const next = [...this.#timers].reduce<Timer | undefined>((a, b) => (a && a.at <= b.at ? a : b), undefined);
    if (next === undefined) {
      this.#suspectHang();
      return;
    }
    this.#timers.delete(next);
    this.#now = Math.max(this.#now, next.at);
    next.run();
    this.#touch();
  }
}

/** Whether a file is being read or written. */
function usesFiles(): boolean {
  return process.getActiveResourcesInfo().some((name) => name.startsWith("FSReq") || name === "FileHandleCloseReq");
}
