import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { readPackage } from "./package.js";
import { tolerate } from "./problem.js";

/** How a program ended, and what it printed. */
interface Finished {
  /** `null`: it was ended because it took too long. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order in which they came. */
  readonly output: string;
}

interface RunOptions {
  readonly cwd: string;
  /** 0: it may take as long as it takes. */
  readonly limitMs?: number;
  /** The whole environment, in place of the default one. */
  readonly environment?: NodeJS.ProcessEnv;
  /** On top of the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program to its end and keeps what it prints. Without a shell, but for npm on Windows, which is a script there. */
export function execute(
  command: string,
  args: readonly string[],
  { cwd, limitMs = 300_000, environment = plainEnvironment(), env = {} }: RunOptions,
): Promise<Finished> {
  const isScript = command === "npm" && process.platform === "win32";
  return new Promise((resolve, reject) => {
    const child = spawn(isScript ? "npm.cmd" : command, args, {
      cwd,
      shell: isScript,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: limitMs,
      env: { ...environment, ...env },
    });
    const printed = { stdout: "", stderr: "", output: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].setEncoding("utf8").on("data", (text: string) => {
        printed[stream] += text;
        printed.output += text;
      });
    }
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...printed }));
  });
}

/** The same for a program that must not fail; returns what it prints. */
export async function mustRun(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { code, output } = await execute(command, args, { cwd });
  if (code !== 0) throw new Error(`${command} ${args[0]} failed: ${output.trim()}`);
  return output;
}

/** Runs the command of an installed package with this Node; no npx. A Node option such as Yarn's loader stays in force. */
export function runPackage(name: string, args: readonly string[], cwd: string): Promise<Finished> {
  const quiet = { REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true", NO_COLOR: "1" };
  const environment = { ...process.env, ...quiet, FORCE_COLOR: undefined };
  return execute(process.execPath, [resolveCommand(name), ...args], { cwd, limitMs: 0, environment });
}

/** What a command of Redocly reports as JSON. */
export async function runRedocly<T>(args: readonly string[], cwd: string): Promise<T> {
  const { stdout, stderr } = await runPackage("@redocly/cli", [...args, "--format=json"], cwd);
  const report = tolerate(() => JSON.parse(stdout) as T);
  if (report === undefined) throw new Error(`redocly ${args[0]} did not run: ${withoutBox(stderr || stdout)}`);
  return report;
}

/** Redocly's message without the box about old Node versions. */
export function withoutBox(text: string): string {
  const lines = text.split("\n").filter((line) => !/[╔║╚]/.test(line) && line.trim() !== "");
  return lines.slice(0, 6).join("\n  ");
}

function resolveCommand(name: string): string {
  const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  const { bin } = readPackage(folder);
  const script = typeof bin === "string" ? bin : Object.values(bin ?? {})[0];
  return join(folder, script ?? "");
}

/** Without what npm, Vitest or a developer has set for this process: the flags and tokens of one runtime are not those of another. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_(?!config_)|NODE_(OPTIONS|ENV)$|VITEST|SFC?_)/.test(name),
  );
  return { ...Object.fromEntries(kept), NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" };
}
