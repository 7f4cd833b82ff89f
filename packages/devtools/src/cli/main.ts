#!/usr/bin/env node
/** `npx sfc-preview-devtools simulate|mock`: servers to test against. */
import { parseArgs } from "node:util";
import { startMockServer } from "../mock-server.js";
import { startSimulator } from "../simulator.js";

const usage = `Usage: sfc-preview-devtools <command> [options]

  simulate   a server that behaves like the API and remembers; its time is the wall clock's
  mock       a server without memory that checks each request and answers with examples (needs @stoplight/prism-cli)

  --port N   listen on this port of 127.0.0.1 (default: any that is free)
  --seed S   what the simulator's ids grow from (default: sfc)
  --help     this text
`;

interface Server {
  readonly url: string;
  close(): Promise<void>;
}

interface Choices {
  readonly port: number;
  readonly seed: string | undefined;
}

const commands: Record<string, (choices: Choices) => Promise<Server>> = {
  simulate: ({ port, seed }) =>
    startSimulator({ port, realTime: true, keepRequests: 1_000, ...(seed !== undefined && { seed }) }),
  mock: ({ port }) => startMockServer({ port }),
};

await main();

async function main(): Promise<void> {
  const { positionals, values } = readArguments();
  if (values.help) return void process.stdout.write(usage);
  const [name = ""] = positionals;
  const start = commands[name];
  if (start === undefined || positionals.length > 1) return refuse(`"${positionals.join(" ")}" is not a command`);
  // What the options say is fine, so the usage would not help.
  const server = await start({ port: portOf(values.port), seed: values.seed }).catch((error: Error) =>
    fail(`${name}: ${error.message}`),
  );
  // First of all: who reads the line may send a signal before the next statement runs.
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void server.close().then(() => process.exit(0)));
  console.log(`${name} listens on ${server.url} (Ctrl-C ends it)`);
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { port: { type: "string" }, seed: { type: "string" }, help: { type: "boolean", short: "h" } },
    });
  } catch (error) {
    return refuse((error as Error).message);
  }
}

function portOf(text = "0"): number {
  const port = Number(text);
  return Number.isInteger(port) && port >= 0 && port <= 65_535
    ? port
    : refuse(`--port: "${text}" is not a port number`);
}

function refuse(message: string): never {
  return fail(`${message}\n\n${usage.trimEnd()}`);
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
