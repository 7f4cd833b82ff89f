import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tolerate } from "./problem.js";

/** The name contains the process id, so that the folder of a killed process can be distinguished from one in use. */
const PREFIX = "sfc-generate-";

/** Runs work with a folder that is removed afterwards, and removes the folders of killed processes. */
export async function inScratch<T>(work: (folder: string) => T | Promise<T>, parent: string = tmpdir()): Promise<T> {
  mkdirSync(parent, { recursive: true });
  sweep(parent);
  const folder = mkdtempSync(join(parent, `${PREFIX}${process.pid}-`));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function sweep(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || !hasEnded(Number(pid))) continue;
    // The folder may belong to another user.
    tolerate(() => rmSync(join(parent, name), { recursive: true, force: true }));
  }
}

/** Whether no process with this id is running. */
export function hasEnded(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
