import { type ChildProcessByStdio, spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { build } from "esbuild";
import { readPackage } from "../../scripts/lib/package.js";
import { execute } from "../../scripts/lib/run.js";
import { findChromium, howToGetChromium, launchChromium, serveFolder } from "../support/browser.js";
import { downloaded } from "../support/downloaded.js";

/** The inputs of a program: the URL of a simulator and a token for it. */
export interface Session {
  readonly baseUrl: string;
  readonly token: string;
}

/** A program in a user's project. It has a start file for each kind of runtime: `start.mjs`, `worker.mjs`, `page.mjs`. */
export interface Program {
  readonly folder: string;
  /** Whether the program reads the token from `SF_API_KEY` instead of an argument. */
  readonly readsVariable: boolean;
}

export interface Runtime {
  readonly name: string;
  /** Installs the runtime and returns its command. Throws an error with the reason when that fails. */
  find(): Promise<string>;
  /** Runs a program and returns its output or its response. */
  run(command: string, program: Program, session: Session): Promise<string>;
}

export const runtimes: readonly Runtime[] = [
  ...["20.19", "22", "24", "26"].map((version) => ({
    name: `Node ${version}`,
    find: () => downloaded(`node@${version}`, "node"),
    run: runFile,
  })),
  { name: "Bun", find: () => downloaded("bun@1.4.5", "bun"), run: runFile },
  { name: "Deno", find: () => downloaded("deno@2.9.6", "deno"), run: runInDeno },
  { name: "workerd", find: () => downloaded("workerd@1.20261117.1", "workerd"), run: runWorker },
  { name: "Chromium", find: mustFindChromium, run: runPage },
];

async function mustFindChromium(): Promise<string> {
  const command = findChromium();
  if (command === undefined) throw new Error(howToGetChromium);
  return command;
}

async function runFile(
  command: string,
  { folder, readsVariable }: Program,
  { baseUrl, token }: Session,
  flags: readonly string[] = [],
): Promise<string> {
  const args = [...flags, "start.mjs", baseUrl, ...(readsVariable ? [] : [token])];
  const env = readsVariable ? { SF_API_KEY: token } : {};
  return (await execute(command, args, { cwd: folder, timeout: 60_000, env, all: true })).all;
}

/** Deno requires permission to use the network and to read the token. These are the usual flags of its users. */
function runInDeno(command: string, program: Program, session: Session): Promise<string> {
  const flags = ["run", "--no-prompt", "--allow-net=127.0.0.1"];
  return runFile(command, program, session, program.readsVariable ? [...flags, "--allow-env=SF_API_KEY"] : flags);
}

/** The response of `worker.mjs`, bundled as its users bundle it, without Node compatibility. */
async function runWorker(command: string, { folder }: Program, session: Session): Promise<string> {
  await build({
    absWorkingDir: folder,
    entryPoints: ["worker.mjs"],
    outfile: "worker.bundle.mjs",
    bundle: true,
    format: "esm",
    conditions: ["workerd", "worker"],
    logLevel: "silent",
  });
  writeFileSync(join(folder, "workerd.capnp"), workerConfig);
  const child = spawn(command, ["serve", "workerd.capnp", "--control-fd=1"], {
    cwd: folder,
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

/** By default, a worker reaches only the public network, which does not include loopback. */
const workerConfig = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (modules = [(name = "worker.mjs", esModule = embed "worker.bundle.mjs")], compatibilityDate = "2026-01-01")),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;

/** workerd reports its port on a file descriptor. */
async function listeningPort({ stdout, stderr }: ChildProcessByStdio<null, Readable, Readable>): Promise<number> {
  const complaints = text(stderr);
  for await (const line of createInterface(stdout)) {
    const { event, port } = JSON.parse(line) as { event: string; port: number };
    if (event === "listen") return port;
  }
  throw new Error(`workerd ended: ${(await complaints).trim()}`);
}

/** The result of `page.mjs` in a web page, without a bundler and with an import map for the packages. */
async function runPage(command: string, { folder }: Program, session: Session): Promise<string> {
  const imports = {
    ...mapImports(folder, "sfc-preview-sdk"),
    ...mapImports(folder, "openapi-fetch"),
    ...(await bundleOtel(folder)),
  };
  const page = `<!doctype html><title>compat</title><link rel="icon" href="data:,">
<script type="importmap">${JSON.stringify({ imports })}</script>`;
  const site = await serveFolder(folder, { "/": page });
  const browser = await launchChromium(command);
  try {
    const tab = await browser.newPage();
    await tab.goto(site.url);
    // The function is passed as text, so that the page does not need helpers of the compiler.
    return await tab.evaluate(`import("/page.mjs").then(({ run }) => run(${JSON.stringify(session)}))`);
  } finally {
    await browser.close();
    await site.close();
  }
}

/** The imports in `@opentelemetry/api` have no file extensions, so browsers cannot load it unchanged. */
async function bundleOtel(folder: string): Promise<Record<string, string>> {
  const [name, outfile] = ["@opentelemetry/api", "opentelemetry-api.bundle.mjs"];
  if (!existsSync(join(folder, "node_modules", name))) return {};
  await build({ absWorkingDir: folder, entryPoints: [name], outfile, bundle: true, format: "esm", logLevel: "silent" });
  return { [name]: `/${outfile}` };
}

/** A package's entry points for an import map. */
function mapImports(folder: string, name: string): Record<string, string> {
  const base = `/node_modules/${name}`;
  const entries = Object.entries(readPackage(join(folder, base)).exports ?? {});
  return Object.fromEntries(
    entries.map(([entry, target]) => [`${name}${entry.slice(1)}`, join(base, findFile(target))]),
  );
}

/** The condition of conditional exports that a browser would use. */
function findFile(target: unknown): string {
  if (typeof target === "string") return target;
  const { browser, import: module, default: other } = target as Record<string, unknown>;
  return findFile(browser ?? module ?? other);
}
