import { spawn } from "node:child_process";

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
