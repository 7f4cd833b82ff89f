import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { readPackage } from "./package.js";
import { tolerate } from "./problem.js";

/** Without what npm, Vitest or a developer has set for this process: the flags and tokens of one runtime are not those of another. */
const plainEnvironment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm_(?!config_)|NODE_(OPTIONS|ENV)$|VITEST|SFC?_)/.test(name)),
);

/** Runs a program to its end and keeps what it prints. Throws when it fails, with what it printed in the message. */
export const execute = execa({
  extendEnv: false,
  env: { ...plainEnvironment, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
  stdin: "ignore",
  stripFinalNewline: false,
  timeout: 300_000,
});

/**
 * Runs the command of an installed package with this Node; no npx. A Node option such as Yarn's loader stays in force. The caller
 * looks at the exit code.
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
