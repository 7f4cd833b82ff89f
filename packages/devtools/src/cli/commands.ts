import { readFileSync } from "node:fs";
import { checkLiveCommand } from "./check-live.js";
import { type Command, type Terminal, UsageProblem } from "./command.js";
import { impact } from "./impact.js";
import { mock } from "./mock.js";
import { simulate } from "./simulate.js";

const commands: Readonly<Record<string, Command>> = { simulate, mock, "check-live": checkLiveCommand, impact };

/** Runs the command that the arguments name. Resolves to the exit code, or to `undefined` while a server runs. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number | undefined> {
  const [name = "", ...rest] = args;
  if (["", "--help", "-h"].includes(name)) {
    (name === "" ? terminal.report : terminal.print)(overview());
    return name === "" ? 1 : 0;
  }
  if (name === "--version") return print(terminal, version());
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    terminal.report(`"${name}" is not a command\n\n${overview()}`);
    return 1;
  }
  if (rest.includes("--help") || rest.includes("-h")) return print(terminal, command.usage);
  if (rest.includes("--version")) return print(terminal, version());
  try {
    return await command.run(rest, terminal);
  } catch (error) {
    const { message } = error as Error;
    // For other errors the usage would not help, because the arguments are valid.
    const isUsage = error instanceof UsageProblem || (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS");
    terminal.report(isUsage ? `${message}\n\n${command.usage}` : `${name}: ${message}`);
    return 1;
  }
}

function print(terminal: Terminal, text: string): number {
  terminal.print(text);
  return 0;
}

function overview(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length)) + 3;
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}${summary}`);
  return `Usage: sfc-preview-devtools <command> [options]

${lines.join("\n")}

sfc-preview-devtools <command> --help lists the options of a command; --version prints the version.`;
}

function version(): string {
  const file = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
