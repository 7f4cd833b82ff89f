import type { Progress } from "../../src/workflows.js";

const width = 40;

/** Draws the progress of a transfer on one line. Draws nothing without a terminal. */
export function progressBar(
  terminal: { isTTY?: boolean; write(text: string): unknown } = process.stderr,
): (progress: Progress) => void {
  if (!terminal.isTTY) return () => undefined;
  return ({ doneBytes, totalBytes }) => {
    const mib = `${Math.floor(doneBytes / 1024 ** 2)} MiB`;
    if (totalBytes === undefined) return void terminal.write(`\r${mib}`);
    const done = Math.floor((doneBytes * width) / totalBytes);
    const end = doneBytes === totalBytes ? "\n" : "";
    terminal.write(`\r[${"#".repeat(done)}${".".repeat(width - done)}] ${mib}${end}`);
  };
}
