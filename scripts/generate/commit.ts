import { accessSync, constants, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { arrayAt } from "../lib/json.js";
import type { Texts } from "./format.js";
import { WORK_FOLDER } from "./lock.js";

const STAGED = `${WORK_FOLDER}/staged`;

/** Which files are to be replaced and removed. Where it exists, all new files are staged: what is left to do can be done at any time. */
const PLAN = `${WORK_FOLDER}/plan.json`;

/**
 * Replaces and removes files, all or none: until everything new is on the disk nothing changes, and from then on a run that is
 * killed is finished by the next one.
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

/** Throws where a file could not be put in its place: found out halfway, the others would be new already. */
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
  const plan: unknown = JSON.parse(readFileSync(join(root, PLAN), "utf8"));
  for (const name of arrayAt(plan, "written").map(String)) {
    const staged = join(root, STAGED, name);
    // A killed run may have moved it already.
    if (!existsSync(staged)) continue;
    mkdirSync(dirname(join(root, name)), { recursive: true });
    renameSync(staged, join(root, name));
  }
  for (const name of arrayAt(plan, "removed").map(String)) rmSync(join(root, name), { force: true });
  // The plan goes first: without it what is staged is only rubbish.
  rmSync(join(root, PLAN), { force: true });
  sweep(root);
}

function sweep(root: string): void {
  for (const name of [STAGED, `${PLAN}.new`]) rmSync(join(root, name), { recursive: true, force: true });
}
