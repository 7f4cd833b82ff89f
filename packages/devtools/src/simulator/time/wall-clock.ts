import type { Simulation } from "../simulation.js";
import { passTime } from "./lifecycle.js";

/** Carries simulated time along with the wall clock; jumps by `advance` stay on top. */
export class WallClock {
  readonly #sim: Simulation;
  readonly #speed: number;
  #lastMs = Date.now();

  /** `speed`: simulated seconds per second. */
  constructor(sim: Simulation, speed: number) {
    this.#sim = sim;
    this.#speed = speed;
  }

  /** Lets the time pass that has passed since the last call. */
  keepUp(): void {
    const nowMs = Date.now();
    passTime(this.#sim, this.#sim.clock.ms + Math.max(0, nowMs - this.#lastMs) * this.#speed);
    this.#lastMs = nowMs;
  }

  /** For a world that was saved: where time stood still, it goes on from the present at normal speed. */
  catchUp(): void {
    this.#lastMs = Date.now();
    if (this.#speed === 1) passTime(this.#sim, Math.max(this.#sim.clock.ms, this.#lastMs));
  }

  /** For another world, whose time begins now. */
  restart(): void {
    this.#lastMs = Date.now();
  }
}
