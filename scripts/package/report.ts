import { spawnSync } from "node:child_process";

/** One line for what is fine; the whole output, and the end, for what is not. */
function report(title: string, isFine: boolean, output: string): void {
  if (isFine) {
    console.log(`ok  ${title}`);
    return;
  }
  console.error(`${output}\nfailed: ${title}`);
  throw new Error(title);
}

/** Fails when the command does. */
export function run(title: string, cwd: string, command: string, ...args: string[]): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8" });
  report(title, status === 0, `${stdout ?? ""}${stderr ?? ""}${error?.message ?? ""}`);
}

/** Fails when there is anything to say. */
export function none(title: string, faults: readonly string[]): void {
  report(title, faults.length === 0, faults.join("\n"));
}
