import { join } from "node:path";
import { findChromium, howToGetChromium } from "../browser/chromium.js";
import { cached } from "../lib/npm.js";
import { execute } from "../lib/run.js";
import { readmeInChromium, runChromium } from "./chromium.js";
import { runCommandLine, runReadme } from "./command-line.js";
import type { Consumer } from "./packed.js";
import type { Result, Session } from "./session.js";
import { askWorker, runWorkerd } from "./workerd.js";

/** A runtime that is there, ready to run the program. */
export interface Ready {
  /** As the runtime itself tells it. */
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
