/** One line that shows progress in a terminal. It writes nothing to a pipe or a file. */
export interface ProgressLine {
  show(this: void, what: string): void;
  clear(this: void): void;
}

const CLEAR = "\r\u001b[2K";

interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export function createProgressLine(output: Output = process.stderr): ProgressLine {
  const isShown = output.isTTY === true && process.env.TERM !== "dumb";
  return {
    show: (what) => void (isShown && output.write(`${CLEAR}  ${what} …`)),
    clear: () => void (isShown && output.write(CLEAR)),
  };
}
