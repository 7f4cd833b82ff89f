import { spawnSync } from "node:child_process";

/** Milliseconds from the start of a process to the end of its main module, by its own clock; the program prints `performance.now()`. */
export function importMs(program: string): number {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program], {
    encoding: "utf8",
    // Certificates and options of the environment can cost Node more than every client together.
    env: { PATH: process.env.PATH },
  });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}
