import { randomUUID } from "node:crypto";
import {
  accessSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import type { Texts } from "./files.js";
import { type JsonObject, readJson } from "./json.js";
import { InputProblem, tolerate } from "./problem.js";
import { hasEnded } from "./scratch.js";

/** The files of a run beside the files that it writes. Version control ignores `.tmp`. */
export const WORK_FOLDER = ".tmp/generate";

const LOCK = `${WORK_FOLDER}/lock`;

/**
 * Runs work that no other run may do in this folder at the same time. First finishes what a killed run began. Throws at once
 * when another run is active.
 */
export async function withLock<T>(root: string, work: () => T | Promise<T>): Promise<T> {
  acquire(root);
  try {
    recover(root);
    return await work();
  } finally {
    release(root);
  }
}

/** Takes the lock, also from a process that has ended. */
function acquire(root: string): void {
  const path = join(root, LOCK);
  const own = `${path}.${process.pid}.${randomUUID()}`;
  for (;;) {
    try {
      // The folder is created in every turn, because the run that releases the lock removes the empty folder.
      mkdirSync(join(root, WORK_FOLDER), { recursive: true });
      // A link is created together with its content. An empty lock would look abandoned.
      writeFileSync(own, JSON.stringify({ pid: process.pid, host: hostname() }));
      linkSync(own, path);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") continue;
      if (code !== "EEXIST") throw error;
    } finally {
      rmSync(own, { force: true });
    }
    const owner = readOwner(path);
    if (!isAbandoned(owner)) throw busy(owner);
    takeAway(path);
  }
}

function release(root: string): void {
  rmSync(join(root, LOCK), { force: true });
  for (const folder of [WORK_FOLDER, ".tmp"]) {
    // A folder with other files stays.
    tolerate(() => rmdirSync(join(root, folder)));
  }
}

/** Removes an abandoned lock. A lock that another process has taken meanwhile is restored. */
function takeAway(path: string): void {
  const aside = `${path}.${process.pid}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // Another process was faster, so the next turn checks again.
    if (code === "ENOENT") return;
    const what = `An earlier run left this file, and it cannot be removed: ${message}.`;
    throw new InputProblem({ where: LOCK, what, fix: "remove the file and run this again." });
  }
  if (!isAbandoned(readOwner(aside))) tolerate(() => linkSync(aside, path));
  rmSync(aside, { force: true });
}

/** The holder that a lock names. `undefined` when there is no lock or it is invalid. */
function readOwner(path: string): JsonObject {
  return Object(tolerate(() => readJson(path))) as JsonObject;
}

/** Whether the holder of a lock has ended. A process of another machine or container cannot be checked, so its lock stays. */
function isAbandoned({ pid, host }: JsonObject): boolean {
  return typeof pid !== "number" || typeof host !== "string" || (host === hostname() && hasEnded(pid));
}

function busy({ pid, host }: JsonObject): InputProblem {
  return new InputProblem({
    where: LOCK,
    what: `Another run (process ${pid} on ${host}) is generating in this folder.`,
    fix: "wait until it has ended and run this again; if there is no such process, remove the file.",
  });
}

const STAGED = `${WORK_FOLDER}/staged`;

/** The files to replace and remove. When the plan exists, all new files are staged, so the rest can be done at any time. */
const PLAN = `${WORK_FOLDER}/plan.json`;

/**
 * Replaces and removes either all files or none. Nothing changes until all new files are on the disk. From then on, the next run
 * finishes the work of a run that was killed.
 */
export function commit(root: string, texts: Texts, removed: readonly string[]): void {
  if (texts.size === 0 && removed.length === 0) return;
  try {
    for (const name of [...texts.keys(), ...removed]) refuseReadOnly(root, name);
    for (const [name, text] of texts) {
      const staged = join(root, STAGED, name);
      mkdirSync(dirname(staged), { recursive: true });
      writeFileSync(staged, text, { flush: true });
    }
    writeFileSync(join(root, `${PLAN}.new`), JSON.stringify({ written: [...texts.keys()], removed }), { flush: true });
    renameSync(join(root, `${PLAN}.new`), join(root, PLAN));
  } catch (error) {
    sweep(root);
    throw error;
  }
  finishCommit(root);
}

/** Throws when a file could not be moved to its place. If that were found later, other files would already be replaced. */
function refuseReadOnly(root: string, name: string): void {
  let folder = dirname(join(root, name));
  while (!existsSync(folder)) folder = dirname(folder);
  accessSync(folder, constants.W_OK);
}

/** Whether a run was killed between its first and its last change. */
export function isInterrupted(root: string): boolean {
  return existsSync(join(root, PLAN));
}

/** Finishes what a killed run began, or removes what it had prepared. */
export function recover(root: string): void {
  if (isInterrupted(root)) finishCommit(root);
  else sweep(root);
}

function finishCommit(root: string): void {
  const { written, removed } = readJson<{ written: string[]; removed: string[] }>(join(root, PLAN));
  for (const name of written) {
    const staged = join(root, STAGED, name);
    // A killed run may have already moved the file.
    if (!existsSync(staged)) continue;
    mkdirSync(dirname(join(root, name)), { recursive: true });
    renameSync(staged, join(root, name));
  }
  for (const name of removed) rmSync(join(root, name), { force: true });
  // The plan is removed first, because staged files without a plan can be ignored.
  rmSync(join(root, PLAN), { force: true });
  sweep(root);
}

function sweep(root: string): void {
  for (const name of [STAGED, `${PLAN}.new`]) rmSync(join(root, name), { recursive: true, force: true });
}
