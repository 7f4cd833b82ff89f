import { existsSync, mkdirSync, readFileSync, rmdirSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { Made } from "../generate.js";
import type { Surroundings } from "../lib/command.js";
import { commit, isInterrupted, recover, withLock } from "../lib/commit.js";
import { filesBelow, type Texts } from "../lib/files.js";
import { isObject, objectAt, readJson } from "../lib/json.js";
import { InputProblem, tolerate } from "../lib/problem.js";
import { inScratch } from "../lib/scratch.js";
import { count } from "../lib/text.js";
import { GENERATED_FOLDER, GENERATED_MARK } from "./print.js";
import type { Arguments } from "./read.js";
import { refuseFolder } from "./standalone.js";

const PROVENANCE = "openapi/provenance.json";

interface Finish extends Made {
  readonly options: Arguments;
  readonly cwd: string;
  readonly target: string;
  readonly totalMs: number;
}

interface Result {
  readonly lines: readonly string[];
  readonly code: number;
  /** Generated code was replaced. */
  readonly isNew: boolean;
}

/** The last stage: writes the outputs, or says how the files on disk differ from them. Gives lines and exit code. */
export function finish(job: Finish): Result {
  const { options, cwd, target, outputs, notices, warnings } = job;
  const bundled = relative(cwd, join(target, "openapi/bundled.json"));
  const remarks = [
    ...notices.map((notice) => `note: ${notice}`),
    ...(warnings === 0 ? [] : [`note: ${count(warnings, "lint warning")}; npx redocly lint ${bundled} lists them`]),
  ];
  const result = options.check ? check(target, outputs) : write(job);
  return { ...result, lines: [...remarks, ...result.lines] };
}

/** What is not as it would be written, and which input that comes from. */
function check(target: string, outputs: Texts): Result {
  const { missing, stale, extra } = compare(target, outputs);
  const isHalf = isInterrupted(target);
  const isCurrent = !isHalf && [missing, stale, extra].every((names) => names.length === 0);
  if (isCurrent) return { lines: [`All ${outputs.size} generated files are up to date.`], code: 0, isNew: false };
  const advice = extra.length > 0 ? "npm run generate, and move what is extra" : "npm run generate";
  const lines = [
    ...(isHalf ? ["interrupted  an earlier run was ended while it wrote; the next one finishes it"] : []),
    ...stale.map((name) => `stale    ${name}`),
    ...missing.map((name) => `missing  ${name}`),
    ...extra.map((name) => `extra    ${name}`),
    ...changedInputs(target, outputs).map((file) => `changed  ${file} since the last generation`),
    `Generated files are not up to date. To fix: ${advice}`,
  ];
  return { lines, code: 1, isNew: false };
}

/** The inputs whose fingerprint differs from the one on disk, where that is not missing or broken by hand. */
function changedInputs(target: string, outputs: Texts): string[] {
  const before = tolerate(() => readJson<unknown>(join(target, PROVENANCE)));
  const after: unknown = JSON.parse(outputs.get(PROVENANCE) ?? "{}");
  if (!isObject(before) || !isObject(after)) return [];
  const inputs = Object.keys(after).map((name) => [objectAt(before, name), objectAt(after, name)] as const);
  return inputs.flatMap(([was, is]) => (was.sha256 === is.sha256 ? [] : [String(is.file)]));
}

/** How the files on disk differ from what would be written. */
interface Difference {
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

/** Writes what differs, all of it or nothing; files that are as they should be are not touched. The caller holds the lock. */
function write({ options, cwd, target, outputs, model, totalMs }: Finish): Result {
  const { missing, stale, extra } = compare(target, outputs);
  const written = [...missing, ...stale];
  const removed = extra.filter((name) => isGenerated(join(target, name)));
  // In the generated folder without a generated header: not ours, so they stay.
  const left = extra.filter((name) => !removed.includes(name));
  commit(target, new Map(written.map((name) => [name, outputs.get(name) ?? ""])), removed);
  const changes = [
    written.length === 0 ? "nothing changed" : `${count(written.length, "file")} written`,
    ...(removed.length === 0 ? [] : [`${count(removed.length, "file")} removed`]),
  ].join(", ");
  const what = `${count(model.operations.length, "operation")} in ${count(model.resources.length, "resource")}`;
  const folder = relative(cwd, target) || ".";
  const lines = [
    `Generated ${what}: ${changes} (${(totalMs / 1000).toFixed(1)} s).`,
    ...left.map((name) => `note: ${name} is not a generated file; move it out of the generated folder`),
    ...(options.out === undefined
      ? []
      : [`It stands by itself in ${folder}; check it with: npx tsc --noEmit -p ${folder}`]),
  ];
  return { lines, code: 0, isNew: written.some((name) => name.endsWith(".ts")) };
}

function isGenerated(path: string): boolean {
  return readFileSync(path, "utf8").slice(0, 200).includes(GENERATED_MARK);
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
    // One that holds something now stays.
    for (const path of made.reverse()) tolerate(() => rmdirSync(path));
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
