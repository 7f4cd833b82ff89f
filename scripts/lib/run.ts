import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command of an installed package with this Node; no shell, no npx, nothing passed on to the terminal. */
export function runPackage(name: string, args: readonly string[], cwd: string): Promise<Finished> {
  const environment = { REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true", NO_COLOR: "1" };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [commandOf(name), ...args], {
      cwd,
      env: { ...process.env, ...environment, FORCE_COLOR: undefined },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output.stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      output.stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, ...output }));
  });
}

function commandOf(name: string): string {
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
  const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { bin: string | Record<string, string> };
  const script = typeof bin === "string" ? bin : Object.values(bin)[0];
  return join(dirname(manifest), script ?? "");
}

export interface Execution {
  /** `null`: it was ended because it took too long. */
  readonly code: number | null;
  readonly output: string;
}

/** Runs a program to its end, without a shell, and keeps what it prints. */
export function execute(
  command: string,
  args: readonly string[],
  { cwd, limitMs = 300_000, env = {} }: { cwd: string; limitMs?: number; env?: Record<string, string> },
): Promise<Execution> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: limitMs,
      env: { ...plainEnvironment(), ...env },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
}

/** Without what this process was told by npm or a developer: the flags and tokens of one runtime are not those of another. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_(?!config_)|NODE_OPTIONS$|SFC?_)/.test(name));
  return { ...Object.fromEntries(kept), NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" };
}
