import type { Terminal } from "./command.js";

interface Server {
  readonly url: string;
  close(): Promise<void>;
}

interface Announcement {
  /** The message for the user. */
  readonly message: string;
  /** Environment variables for a program under test. */
  readonly variables: Readonly<Record<string, string>>;
  /** The object that `--json` prints instead of the variables. */
  readonly json?: object | undefined;
}

/** Announces a server, and closes it on SIGINT or SIGTERM. Then `onClosed` runs; if it fails, the exit code is 1. */
export function serve(
  server: Server,
  { message, variables, json }: Announcement,
  terminal: Terminal,
  onClosed: () => Promise<void> = async () => {},
): void {
  const end = () =>
    void server
      .close()
      .then(onClosed)
      .then(
        () => process.exit(0),
        (error: Error) => {
          terminal.report(error.message);
          process.exit(1);
        },
      );
  // The listeners are added before anything is printed, because the reader of the output may send a signal at once.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, end);
  terminal.report(message);
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  terminal.print(json === undefined ? lines.join("\n") : JSON.stringify(json));
}
