/** One command of `sfc-preview-devtools`. */
export interface Command {
  /** One line of the overview. */
  readonly summary: string;
  /** What `--help` prints, and what follows an error about the arguments. */
  readonly usage: string;
  /** Throws a `UsageProblem` for arguments that it does not take. Resolves with the exit code, or with none while a server runs. */
  run(args: readonly string[], terminal: Terminal): Promise<number | undefined>;
}

/** Where a command writes. */
export interface Terminal {
  /** Results, for a pipe. */
  print(text: string): void;
  /** Messages for people. */
  report(text: string): void;
}

/** Arguments that a command does not take; the usage follows the message. */
export class UsageProblem extends Error {}

export function readPort(text = "0"): number {
  const port = Number(text);
  if (text.trim() !== "" && Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new UsageProblem(`--port: "${text}" is not a port number`);
}
