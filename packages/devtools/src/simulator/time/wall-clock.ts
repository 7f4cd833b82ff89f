import type { Simulation } from "../simulation.js";
import { passTime } from "./lifecycle.js";

/** Advances simulated time with the wall clock. `advance` adds to it. */
export class WallClock {
  readonly #sim: Simulation;
  readonly #speed: number;
  #lastMs = Date.now();

  /** `speed` is the number of simulated seconds per second. */
  constructor(sim: Simulation, speed: number) {
    this.#sim = sim;
    this.#speed = speed;
  }

  /** Advances by the real time since the last call. */
  keepUp(): void {
    const nowMs = Date.now();
    passTime(this.#sim, this.#sim.clock.ms + Math.max(0, nowMs - this.#lastMs) * this.#speed);
    this.#lastMs = nowMs;
  }

  /** Called for a restored world. Its time continues from the saved time at normal speed. */
  catchUp(): void {
    this.#lastMs = Date.now();
    if (this.#speed === 1) passTime(this.#sim, Math.max(this.#sim.clock.ms, this.#lastMs));
  }

  /** Called for a new world, whose time starts now. */
  restart(): void {
    this.#lastMs = Date.now();
  }
}
