import { existsSync, mkdirSync, readFileSync, rmdirSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { Surroundings } from "../lib/command.js";
import { commit, isInterrupted, recover, withLock } from "../lib/commit.js";
import { filesBelow, type Texts } from "../lib/files.js";
import { isObject, objectAt } from "../lib/json.js";
import { InputProblem } from "../lib/problem.js";
import { inScratch } from "../lib/scratch.js";
import { count } from "../lib/text.js";
import type { Model } from "./model.js";
import { GENERATED_FOLDER, GENERATED_MARK } from "./print.js";
import type { Arguments } from "./read.js";
import { refuseFolder } from "./standalone.js";

const PROVENANCE = "openapi/provenance.json";

interface Finish {
  readonly options: Arguments;
  readonly cwd: string;
  readonly target: string;
  readonly outputs: Texts;
  readonly model: Model;
  readonly notices: readonly string[];
  readonly warnings: number;
  readonly totalMs: number;
}

/** The last stage: writes the outputs, or says how the files on disk differ from them. Gives lines and exit code. */
export function finish(job: Finish): Result {
  const { options, target, outputs, notices, warnings } = job;
  const bundled = relative(job.cwd, join(target, "openapi/bundled.json"));
  const remarks = [
    ...notices.map((notice) => `note: ${notice}`),
    ...(warnings === 0 ? [] : [`note: ${count(warnings, "lint warning")}; npx redocly lint ${bundled} lists them`]),
  ];
  const result = options.check ? check(target, outputs) : writeAll(job);
  return { lines: [...remarks, ...result.lines], code: result.code, isNew: result.isNew };
}

interface Result {
  readonly lines: string[];
  readonly code: number;
  /** Generated code was replaced. */
  readonly isNew: boolean;
}

function check(target: string, outputs: Texts): Result {
  const difference = compare(target, outputs);
  const isHalf = isInterrupted(target);
  const isCurrent = !isHalf && Object.values(difference).every((names) => names.length === 0);
  if (isCurrent) return { lines: [`All ${outputs.size} generated files are up to date.`], code: 0, isNew: false };
  const changed = changedInputs(readJson(join(target, PROVENANCE)), JSON.parse(outputs.get(PROVENANCE) ?? "null"));
  const interrupted = isHalf ? ["interrupted  an earlier run was ended while it wrote; the next one finishes it"] : [];
  return { lines: [...interrupted, ...staleLines(difference, changed)], code: 1, isNew: false };
}

function writeAll({ options, cwd, target, outputs, model, totalMs }: Finish): Result {
  const written = write(target, outputs);
  const isNew = written.written.some((name) => name.endsWith(".ts"));
  const lines = writtenLines(written, model.operations.length, model.resources.length, totalMs);
  if (options.out === undefined) return { lines, code: 0, isNew };
  const folder = relative(cwd, target) || ".";
  return {
    lines: [...lines, `It stands by itself in ${folder}; check it with: npx tsc --noEmit -p ${folder}`],
    code: 0,
    isNew,
  };
}

function readJson(path: string): unknown {
  try {
    return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
  } catch {
    return undefined; // Broken by hand; it is listed as stale itself.
  }
}

/** How the files on disk differ from what would be written. */
export interface Difference {
  readonly missing: readonly string[];
  readonly stale: readonly string[];
  /** In the generated folder, but not made by this run. */
  readonly extra: readonly string[];
}

/** Compares byte by byte: a text comparison would pass over bytes that are not UTF-8. */
export function compare(root: string, outputs: Texts): Difference {
  const names = [...outputs.keys()];
  const missing = names.filter((name) => !existsSync(join(root, name)));
  const isSame = (name: string) => readFileSync(join(root, name)).equals(Buffer.from(outputs.get(name) ?? ""));
  return {
    missing,
    stale: names.filter((name) => !missing.includes(name) && !isSame(name)),
    extra: filesBelow(root, GENERATED_FOLDER).filter((name) => !outputs.has(name)),
  };
}

export interface Written {
  readonly written: readonly string[];
  readonly removed: readonly string[];
  /** In the generated folder without a generated header: not ours, so they stay. */
  readonly left: readonly string[];
}

/** Writes what differs, all of it or nothing; files that are as they should be are not touched. The caller holds the lock. */
function write(root: string, outputs: Texts): Written {
  const { missing, stale, extra } = compare(root, outputs);
  const written = [...missing, ...stale];
  const removed = extra.filter((name) => isGenerated(join(root, name)));
  commit(root, new Map(written.map((name) => [name, outputs.get(name) ?? ""])), removed);
  return { written, removed, left: extra.filter((name) => !removed.includes(name)) };
}

function isGenerated(path: string): boolean {
  return readFileSync(path, "utf8").slice(0, 200).includes(GENERATED_MARK);
}

const AGAIN = "npm run generate";

/** The lines of `--check`: what is not as it would be written, and which input that comes from. */
function staleLines({ missing, stale, extra }: Difference, changedInputs: readonly string[]): string[] {
  return [
    ...stale.map((name) => `stale    ${name}`),
    ...missing.map((name) => `missing  ${name}`),
    ...extra.map((name) => `extra    ${name}`),
    ...changedInputs.map((file) => `changed  ${file} since the last generation`),
    `Generated files are not up to date. To fix: ${AGAIN}${extra.length > 0 ? ", and move what is extra" : ""}`,
  ];
}

/** The inputs whose fingerprint differs from the one on disk. */
function changedInputs(before: unknown, after: unknown): string[] {
  if (!isObject(before) || !isObject(after)) return [];
  return Object.keys(after)
    .filter((name) => objectAt(before, name).sha256 !== objectAt(after, name).sha256)
    .map((name) => String(objectAt(after, name).file));
}

function writtenLines(
  { written, removed, left }: Written,
  operations: number,
  resources: number,
  totalMs: number,
): string[] {
  const changes = [
    written.length === 0 ? "nothing changed" : `${count(written.length, "file")} written`,
    ...(removed.length === 0 ? [] : [`${count(removed.length, "file")} removed`]),
  ].join(", ");
  const what = `${count(operations, "operation")} in ${count(resources, "resource")}`;
  return [
    `Generated ${what}: ${changes} (${(totalMs / 1000).toFixed(1)} s).`,
    ...left.map((name) => `note: ${name} is not a generated file; move it out of the generated folder`),
  ];
}

/**
 * Does work on the folder that the outputs belong to: the project's, or the one of `--out`. Unless it is only checked, no other
 * run works on it at the same time, and a write that an earlier run did not finish is finished first.
 */
export async function inTarget(
  { out, check: isCheck }: Arguments,
  { root, cwd }: Pick<Surroundings, "root" | "cwd">,
  generateInto: (target: string, scratch: string) => Promise<number>,
): Promise<number> {
  const work = (folder: string) => inScratch((scratch) => generateInto(folder, scratch));
  const target = out === undefined ? root : resolve(cwd, out);
  if (out !== undefined) refuseFolder(out, target, root);
  if (isCheck) return work(target);
  const giveBack = out === undefined ? () => undefined : claimFolder(out, target);
  try {
    return await withLock(target, () => {
      recover(target);
      return work(target);
    });
  } catch (error) {
    throw cannotWrite(out === undefined ? target : `--out ${out}`, error, isInterrupted(target));
  } finally {
    giveBack();
  }
}

/**
 * Makes a folder and those above it. Gives the function that removes again what was made and is still empty. One by one: where a
 * folder cannot be created, as below /proc, the recursive way of Node 20 does not end.
 */
function claimFolder(asked: string, folder: string): () => void {
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
function cannotWrite(where: string, error: unknown, isInterrupted = false): unknown {
  const { code, syscall, path } = Object(error) as NodeJS.ErrnoException;
  if (error instanceof InputProblem || code === undefined || (syscall === undefined && code !== "ENOTDIR"))
    return error;
  return new InputProblem({
    where: path ?? where,
    what: `${REASONS[code] ?? "The file system refuses it"} (${code}). ${isInterrupted ? "Some files are new already; the next run finishes the rest." : "Nothing was changed."}`,
    fix: "give a folder that can be written to, or make room, and run this again.",
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
