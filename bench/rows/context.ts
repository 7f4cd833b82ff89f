import type { Row } from "../row.js";
import type { Workshop } from "../workshop.js";

export interface Context {
  readonly workshop: Workshop;
  /** Fewer rounds: the direction, not the digits. */
  readonly quick: boolean;
  /** Says what is being done, to whoever watches. */
  progress(step: string): void;
}

/** Measures the rows of one kind. */
export type Family = (context: Context) => Promise<Row[]>;
