import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { findChromium, howToGetChromium } from "../lib/browser.js";
import { cached } from "../lib/npm.js";
import { execute } from "../lib/run.js";
import { readmeInChromium, runChromium } from "./chromium.js";
import type { Consumer, Result, Session } from "./compat-project.js";

/** A runtime that is there, ready to run the program. */
export interface Ready {
  /** As the runtime itself reports it. */
  readonly version: string;
  run(consumer: Consumer, session: Session): Promise<readonly Result[]>;
  /** Runs the README's program in a newcomer's project, and returns what it prints. */
  readme(project: string, session: Session): Promise<string>;
}

export interface Runtime {
  readonly name: string;
  /** Gets the runtime. Throws when it cannot be had, with the reason. */
  prepare(cache: string): Promise<Ready>;
}

/** Deno asks before a program may use the network or read the token; those are its users' everyday flags, not ours. */
const denoFlags = ["run", "--no-prompt", "--allow-net=127.0.0.1"];
const denoReadmeFlags = [...denoFlags, "--allow-env=SF_API_KEY"];

export const runtimes: readonly Runtime[] = [
  ...["20.19", "22", "24", "26"].map((version) => commandLine(`Node ${version}`, `node@${version}`, "node")),
  commandLine("Bun", "bun@1.4.5", "bun"),
  commandLine("Deno", "deno@2.9.6", "deno", denoFlags, denoReadmeFlags),
  {
    name: "workerd",
    async prepare(cache) {
      const binary = await binaryOf(cache, "workerd@1.20261117.1", "workerd");
      return {
        version: await versionOf(binary),
        run: (consumer, session) => runWorkerd(binary, consumer.folder, session),
        readme: (project, session) => askWorker(binary, project, session),
      };
    },
  },
  {
    name: "Chromium",
    async prepare() {
      const binary = findChromium();
      if (binary === undefined) throw new Error(howToGetChromium);
      return {
        version: await versionOf(binary),
        run: (consumer, session) => runChromium(binary, consumer, session),
        readme: (project, session) => readmeInChromium(binary, project, session),
      };
    },
  },
];

function commandLine(
  name: string,
  spec: string,
  command: string,
  flags: readonly string[] = [],
  readmeFlags: readonly string[] = flags,
): Runtime {
  return {
    name,
    async prepare(cache) {
      const binary = await binaryOf(cache, spec, command);
      return {
        version: await versionOf(binary),
        run: (consumer, session) => runCommandLine(binary, flags, consumer.folder, session),
        readme: (project, session) => runReadme(binary, readmeFlags, project, session),
      };
    },
  };
}

async function binaryOf(cache: string, spec: string, command: string): Promise<string> {
  return join(await cached(cache, spec), "node_modules/.bin", command);
}

async function versionOf(binary: string): Promise<string> {
  const { code, output } = await execute(binary, ["--version"], { cwd: process.cwd(), limitMs: 20_000 });
  const version = /\d+(?:[.-]\d+)+/.exec(output)?.[0];
  if (code !== 0 || version === undefined) throw new Error(`it does not start: ${output.trim().split("\n")[0]}`);
  return version;
}

/** Runs the README's program, and returns what it printed. */
async function runReadme(
  binary: string,
  flags: readonly string[],
  project: string,
  { baseUrl, token }: Session,
): Promise<string> {
  const args = [...flags, "start.mjs", baseUrl];
  const { code, output } = await execute(binary, args, { cwd: project, limitMs: 60_000, env: { SF_API_KEY: token } });
  if (code !== 0) throw new Error(`exit code ${code}: ${output.trim()}`);
  return output;
}

/** Runs the program in a runtime that is started with a file. */
async function runCommandLine(
  binary: string,
  flags: readonly string[],
  consumer: string,
  { baseUrl, token }: Session,
): Promise<readonly Result[]> {
  const args = [...flags, "command-line.mjs", baseUrl, token];
  const { code, output } = await execute(binary, args, { cwd: consumer, limitMs: 60_000 });
  if (code !== 0) throw new Error(`exit code ${code}: ${output.trim()}`);
  return JSON.parse(output.trim().split("\n").at(-1) ?? "") as Result[];
}

/** Runs the program in workerd. */
async function runWorkerd(binary: string, consumer: string, session: Session): Promise<readonly Result[]> {
  return JSON.parse(await askWorker(binary, consumer, session)) as Result[];
}

/** The answer of the folder's `worker.mjs`, bundled as its users' tools do it, without Node compatibility. */
async function askWorker(binary: string, consumer: string, session: Session): Promise<string> {
  await build({
    absWorkingDir: consumer,
    entryPoints: ["worker.mjs"],
    outfile: "worker.bundle.mjs",
    bundle: true,
    format: "esm",
    conditions: ["workerd", "worker"],
    logLevel: "silent",
  });
  writeFileSync(join(consumer, "workerd.capnp"), config);
  const child = spawn(binary, ["serve", "workerd.capnp", "--control-fd=1"], {
    cwd: consumer,
    stdio: ["ignore", "pipe", "pipe"],
  });
  try {
    const port = await listeningPort(child);
    const query = new URLSearchParams({ ...session });
    const response = await fetch(`http://127.0.0.1:${port}/?${query}`, { signal: AbortSignal.timeout(60_000) });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return text;
  } finally {
    child.kill();
  }
}

/** Loopback is not part of the public network that a worker reaches by default. */
const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (modules = [(name = "worker.mjs", esModule = embed "worker.bundle.mjs")], compatibilityDate = "2026-01-01")),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;

/** workerd reports on a descriptor which port it was given. */
function listeningPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = "";
    let complaints = "";
    child.stderr?.on("data", (text) => {
      complaints += text;
    });
    child.stdout?.on("data", (text) => {
      output += text;
      const line = output.split("\n").find((each) => each.includes('"listen"') && each.endsWith("}"));
      if (line !== undefined) resolve((JSON.parse(line) as { port: number }).port);
    });
    child.once("error", reject);
    child.once("close", (code) => reject(new Error(`workerd ended with ${code}: ${complaints.trim()}`)));
  });
}
