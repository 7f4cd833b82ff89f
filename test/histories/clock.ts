import { AsyncLocalStorage } from "node:async_hooks";
import type { Runtime } from "../../src/wrappers/options.js";
import { choicesFrom } from "./random.js";

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

const hangAfterMs = 10_000;

/**
 * A client's clock. It moves to its next timer when nothing else can happen, that is, when no pending request will get a
 * response. So delays and timeouts take no real time, and a slow machine cannot cause a timeout.
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

  /** Marks the start of work that will end without the clock. Call the returned function at its end. */
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
    // The last event may cause further ones, so wait until the process is idle.
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

  /** Reports a hang only when nothing has changed for a long time. */
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
