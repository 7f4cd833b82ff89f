import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { readPackage } from "./package.js";
import { tolerate } from "./problem.js";

/** The environment without the variables that npm, Vitest or a developer has set for this process, because the flags and tokens of one runtime must not affect another. */
const plainEnvironment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm_(?!config_)|NODE_(OPTIONS|ENV)$|VITEST|SFC?_)/.test(name)),
);

/** Runs a program to its end and returns its output. When it fails, throws an error with the output in its message. */
export const execute = execa({
  extendEnv: false,
  env: { ...plainEnvironment, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
  stdin: "ignore",
  stripFinalNewline: false,
  timeout: 300_000,
});

/**
 * Runs the command of an installed package with this version of Node, without npx. Node options such as Yarn's loader stay effective. The caller
 * checks the exit code.
 */
export function runPackage(name: string, args: readonly string[], cwd: string) {
  const env = {
    REDOCLY_TELEMETRY: "off",
    REDOCLY_SUPPRESS_UPDATE_NOTICE: "true",
    NO_COLOR: "1",
    FORCE_COLOR: undefined,
  };
  const options = { cwd, env, stdin: "ignore", stripFinalNewline: false, reject: false, all: true } as const;
  return execa(process.execPath, [resolveCommand(name), ...args], options);
}

/** The JSON output of a command of Redocly. */
export async function runRedocly<T>(args: readonly string[], cwd: string): Promise<T> {
  const { stdout, stderr } = await runPackage("@redocly/cli", [...args, "--format=json"], cwd);
  const report = tolerate(() => JSON.parse(stdout) as T);
  if (report === undefined) throw new Error(`redocly ${args[0]} did not run: ${withoutBox(stderr || stdout)}`);
  return report;
}

/** Redocly's message without its notice about old versions of Node. */
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
