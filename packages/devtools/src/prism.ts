// For consumers whose `lib` does not know `AsyncDisposable` yet.
/// <reference lib="esnext.disposable" preserve="true" />
import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { descriptionFile } from "./description-file.js";
import { checkPort, listenError } from "./listen-error.js";

/** A server in a separate process, which listens only on this machine. */
export interface RunningServer {
  /** Pass it as the client's `baseUrl`. */
  readonly url: string;
  /** Ends the process and waits for it to exit. May be called twice. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Options of a Prism server. */
export interface PrismOptions {
  /** Port on 127.0.0.1. @default 0, any free port */
  readonly port?: number | undefined;
  /** File of the API description. @default the description that this package was built from */
  readonly description?: string | undefined;
  /** Milliseconds that the server may take to start. @default 60000 */
  readonly startTimeoutMs?: number | undefined;
}

/** Starts Prism's own script with `node`: `npx` would add a second process, which keeps running when the first one ends. */
export async function startPrism(
  mode: readonly string[],
  { port = 0, description, startTimeoutMs = 60_000 }: PrismOptions,
  upstream: readonly string[] = [],
): Promise<RunningServer> {
  const script = prismScript();
  await checkPort(port);
  const file = descriptionFile(description);
  const args = [
    script,
    ...mode,
    "--multiprocess=false",
    "--host",
    "127.0.0.1",
    "--port",
    String(port),
    file.path,
    ...upstream,
  ];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  const end = () => {
    child.kill("SIGKILL");
    file.remove();
  };
  process.once("exit", end);
  const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const close = async () => {
    process.removeListener("exit", end);
    child.kill("SIGTERM");
    await gone;
    file.remove();
  };
  try {
    const url = await waitForUrl(child, port, startTimeoutMs);
    return { url, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    end();
    await close();
    throw error;
  }
}

function prismScript(): string {
  try {
    return createRequire(import.meta.url).resolve("@stoplight/prism-cli/dist/index.js");
  } catch {
    throw new Error(
      "The mock server is Prism, which is not installed: npm install --save-dev @stoplight/prism-cli@5.14.2",
    );
  }
}

/** Resolves to the URL once Prism reports that it listens there. Rejects with Prism's output if it does not start. */
function waitForUrl(child: ChildProcess, port: number, startTimeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    const fail = (why: string) => reject(new Error(`Prism ${why}.\n${output.slice(-2_000)}`));
    const timer = setTimeout(() => fail(`did not come up within ${startTimeoutMs} ms`), startTimeoutMs);
    const read = (chunk: Buffer) => {
      // Output is kept only until Prism has started, because a mock that runs for days logs a line for every request.
      if (output === ready) return;
      output += chunk;
      const url = /listening on (http:\/\/\S+)/.exec(output)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      output = ready;
      resolve(url);
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("error", (error) => fail(`could not be started: ${error.message}`));
    // Unlike "exit", the "close" event is emitted after all output has been read.
    child.once("close", (code) => {
      clearTimeout(timer);
      // Prism prints its whole help with the reason in the middle, so the reason is searched for.
      const system = /\b(EADDRINUSE|EACCES|EADDRNOTAVAIL)\b/.exec(output)?.[1];
      if (system !== undefined) return reject(listenError(port, system));
      fail(`ended with code ${code}`);
    });
  });
}

const ready = "ready";
