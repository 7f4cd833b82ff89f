/** One command of `sfc-preview-devtools`. */
export interface Command {
  /** The command's line in the list of commands. */
  readonly summary: string;
  /** The text that `--help` prints, and that follows an error about the arguments. */
  readonly usage: string;
  /** Throws a `UsageProblem` for invalid arguments. Resolves to the exit code, or to `undefined` while a server runs. */
  run(args: readonly string[], terminal: Terminal): Promise<number | undefined>;
}

/** The output of a command. */
export interface Terminal {
  /** Results, which may be piped. */
  print(text: string): void;
  /** Messages for the user. */
  report(text: string): void;
}

/** Thrown for invalid arguments of a command. The usage is printed after the message. */
export class UsageProblem extends Error {}

export function readPort(text = "0"): number {
  const port = Number(text);
  if (text.trim() !== "" && Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new UsageProblem(`--port: "${text}" is not a port number`);
}
