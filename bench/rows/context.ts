import type { Row } from "../row.js";
import type { Workshop } from "../workshop.js";

export interface Context {
  readonly workshop: Workshop;
  /** Fewer rounds: the direction, not the digits. */
  readonly quick: boolean;
  /** Shows progress in a terminal. */
  progress(step: string): void;
}

/** Measures the rows of one kind. */
export type Family = (context: Context) => Promise<Row[]>;
