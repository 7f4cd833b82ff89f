/** One thing in an input file that only its author can fix. */
export interface Fault {
  /** File with line, or JSON pointer. */
  readonly where: string;
  readonly what: string;
  readonly fix: string;
}

const MOST_FAULTS_SHOWN = 8;

/** The inputs cannot be generated from. Its message is all that a reader needs; nothing has been written. */
export class InputProblem extends Error {
  override readonly name = "InputProblem";

  constructor(...faults: readonly Fault[]) {
    super(describe(faults));
  }
}

/** Throws one problem that lists all faults; does nothing without a fault. */
export function refuse(faults: Iterable<Fault>): void {
  const all = [...faults];
  if (all.length > 0) throw new InputProblem(...all);
}

function describe(faults: readonly Fault[]): string {
  const shown = faults.slice(0, MOST_FAULTS_SHOWN).map((fault, index) => {
    // The same advice is given once, after the last fault that it fits.
    const repeated = faults[index + 1]?.fix === fault.fix && index + 1 < MOST_FAULTS_SHOWN;
    return [fault.where, `  ${fault.what}`, ...(repeated ? [] : [`  To fix: ${fault.fix}`])].join("\n");
  });
  const rest = faults.length - shown.length;
  return [...shown, ...(rest > 0 ? [`… and ${rest} more.`] : [])].join("\n");
}

/** What work returns; `undefined` where it throws, for work that may fail without harm. */
export function tolerate<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
