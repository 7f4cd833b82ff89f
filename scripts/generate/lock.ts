import { randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { isObject } from "../lib/json.js";
import { InputProblem } from "../lib/problem.js";
import { hasEnded } from "../lib/scratch.js";

/** What a run keeps beside the files that it writes; version control leaves `.tmp` out. */
export const WORK_FOLDER = ".tmp/generate";

const LOCK = `${WORK_FOLDER}/lock`;

/** Does work that no other run may do in this folder at the same time. Throws at once when one is at it. */
export async function withLock<T>(root: string, work: () => T | Promise<T>): Promise<T> {
  const release = acquire(root);
  try {
    return await work();
  } finally {
    release();
  }
}

/** Takes the lock, from a process that has ended too, and gives the function that returns it. */
function acquire(root: string): () => void {
  const path = join(root, LOCK);
  const own = `${path}.${process.pid}.${randomUUID()}`;
  for (;;) {
    try {
      // Again on every turn: the run that releases the lock removes the empty folder with it.
      mkdirSync(join(root, WORK_FOLDER), { recursive: true });
      // A link appears with its text in it: an empty lock would look abandoned.
      writeFileSync(own, JSON.stringify({ pid: process.pid, host: hostname() }));
      linkSync(own, path);
      return () => release(root);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") continue;
      if (code !== "EEXIST") throw error;
    } finally {
      rmSync(own, { force: true });
    }
    if (!isAbandoned(read(path))) throw busy(read(path));
    takeAway(path);
  }
}

function release(root: string): void {
  rmSync(join(root, LOCK), { force: true });
  for (const folder of [WORK_FOLDER, ".tmp"]) {
    try {
      rmdirSync(join(root, folder));
    } catch {
      return; // It holds something else.
    }
  }
}

/** Removes an abandoned lock; one that another process has taken meanwhile is put back. */
function takeAway(path: string): void {
  const aside = `${path}.${process.pid}.${randomUUID()}`;
  try {
    renameSync(path, aside);
    if (!isAbandoned(read(aside))) linkSync(aside, path);
    rmSync(aside, { force: true });
  } catch {
    // Another process was faster; the next turn looks again.
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function isAbandoned(text: string | undefined): boolean {
  const owner = ownerOf(text);
  // A process of another machine or container cannot be looked up from here.
  if (owner === undefined || owner.host !== hostname()) return text !== undefined && owner === undefined;
  return hasEnded(owner.pid);
}

function ownerOf(text: string | undefined): { pid: number; host: string } | undefined {
  try {
    const owner: unknown = JSON.parse(text ?? "");
    return isObject(owner) && typeof owner.pid === "number" && typeof owner.host === "string"
      ? { pid: owner.pid, host: owner.host }
      : undefined;
  } catch {
    return undefined;
  }
}

function busy(text: string | undefined): InputProblem {
  const owner = ownerOf(text);
  const process = owner === undefined ? "" : ` (process ${owner.pid} on ${owner.host})`;
  return new InputProblem({
    where: LOCK,
    what: `Another run${process} is generating in this folder.`,
    mend: "wait until it has ended and run this again; if there is no such process, remove the file.",
  });
}
