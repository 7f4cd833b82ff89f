/** One thing in an input file that only its author can fix. */
export interface Fault {
  /** The file and line, or the JSON pointer. */
  readonly where: string;
  readonly what: string;
  readonly fix: string;
}

const MOST_FAULTS_SHOWN = 8;

/** The inputs are invalid. The message contains everything that the user needs to know. Nothing was written. */
export class InputProblem extends Error {
  override readonly name = "InputProblem";

  constructor(...faults: readonly Fault[]) {
    super(describe(faults));
  }
}

/** Throws one problem that lists all faults. Does nothing without a fault. */
export function refuse(faults: Iterable<Fault>): void {
  const all = [...faults];
  if (all.length > 0) throw new InputProblem(...all);
}

function describe(faults: readonly Fault[]): string {
  const shown = faults.slice(0, MOST_FAULTS_SHOWN).map((fault, index) => {
    // Repeated advice is printed once, after the last fault to which it applies.
    const repeated = faults[index + 1]?.fix === fault.fix && index + 1 < MOST_FAULTS_SHOWN;
    return [fault.where, `  ${fault.what}`, ...(repeated ? [] : [`  To fix: ${fault.fix}`])].join("\n");
  });
  const rest = faults.length - shown.length;
  return [...shown, ...(rest > 0 ? [`… and ${rest} more.`] : [])].join("\n");
}

/** The result of work, or `undefined` when it throws. For work that may fail without harm. */
export function tolerate<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
