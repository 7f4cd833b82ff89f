import { existsSync, mkdirSync, rmdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { InputProblem } from "../lib/problem.js";

/**
 * Makes a folder and those above it. Gives the function that removes again what was made and is still empty. One by one: where a
 * folder cannot be created, as below /proc, the recursive way of Node 20 does not end.
 */
export function claimFolder(asked: string, folder: string): () => void {
  const missing: string[] = [];
  for (let path = folder; !existsSync(path) && dirname(path) !== path; path = dirname(path)) missing.unshift(path);
  const made: string[] = [];
  const giveBack = () => {
    for (const path of made.reverse()) removeEmpty(path);
  };
  try {
    for (const path of missing) {
      mkdirSync(path);
      made.push(path);
    }
    if (!statSync(folder).isDirectory()) throw Object.assign(new Error(), { code: "ENOTDIR" });
  } catch (error) {
    giveBack();
    throw cannotWrite(`--out ${asked}`, error);
  }
  return giveBack;
}

function removeEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // It holds something now.
  }
}

/** A failure of the file system as the reader needs it: the place, the reason, what to do. Any other error as it is. */
export function cannotWrite(where: string, error: unknown, isInterrupted = false): unknown {
  const { code, syscall, path } = Object(error) as NodeJS.ErrnoException;
  if (error instanceof InputProblem || code === undefined || (syscall === undefined && code !== "ENOTDIR"))
    return error;
  return new InputProblem({
    where: path ?? where,
    what: `${REASONS[code] ?? "The file system refuses it"} (${code}). ${isInterrupted ? "Some files are new already; the next run finishes the rest." : "Nothing was changed."}`,
    mend: "give a folder that can be written to, or make room, and run this again.",
  });
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "There is no permission to write here",
  EPERM: "There is no permission to write here",
  EROFS: "The file system is read-only",
  ENOSPC: "The disk is full",
  EDQUOT: "The disk quota is used up",
  ENOTDIR: "A part of the path is a file, not a folder",
  ENOENT: "No folder can be created here",
  ENAMETOOLONG: "The path is too long",
};
