import { existsSync, mkdirSync, readFileSync, rmdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { Surroundings } from "../lib/command.js";
import { commit, isInterrupted, withLock } from "../lib/commit.js";
import { filesBelow, type Texts } from "../lib/files.js";
import { isObject, objectAt, readJson } from "../lib/json.js";
import { InputProblem, tolerate } from "../lib/problem.js";
import { inScratch } from "../lib/scratch.js";
import { count } from "../lib/text.js";
import type { Model } from "./model.js";
import { GENERATED_FOLDER, GENERATED_MARK } from "./print.js";
import type { Arguments } from "./read.js";
import { refuseFolder } from "./standalone.js";

/** The content of all generated files by path from the root, and the messages about them. */
export interface Made {
  readonly outputs: Texts;
  readonly model: Model;
  readonly notices: readonly string[];
  readonly warnings: number;
}

const PROVENANCE = "openapi/provenance.json";

interface Finish extends Made {
  readonly options: Arguments;
  readonly cwd: string;
  readonly target: string;
  readonly totalMs: number;
}

/**
 * The last stage: writes the outputs, or reports how the files on the disk differ from them. Returns lines, the exit code, and whether
 * generated code was replaced.
 */
export function finish(job: Finish) {
  const { options, cwd, target, outputs, notices, warnings } = job;
  const bundled = relative(cwd, join(target, "openapi/bundled.json"));
  const remarks = [
    ...notices.map((notice) => `note: ${notice}`),
    ...(warnings === 0 ? [] : [`note: ${count(warnings, "lint warning")}; npx redocly lint ${bundled} lists them`]),
  ];
  const result = options.check ? check(target, outputs) : write(job);
  return { ...result, lines: [...remarks, ...result.lines] };
}

/** The files that differ from the outputs, and the changed inputs that explain it. */
function check(target: string, outputs: Texts) {
  const { missing, stale, extra } = compare(target, outputs);
  const differences = [
    ...(isInterrupted(target)
      ? ["interrupted  an earlier run was ended while it wrote; the next one finishes it"]
      : []),
    ...stale.map((name) => `stale    ${name}`),
    ...missing.map((name) => `missing  ${name}`),
    ...extra.map((name) => `extra    ${name}`),
  ];
  if (differences.length === 0) {
    return { lines: [`All ${outputs.size} generated files are up to date.`], code: 0, isNew: false };
  }
  const changed = changedInputs(target, outputs).map((file) => `changed  ${file} since the last generation`);
  const advice = extra.length > 0 ? "npm run generate, and move what is extra" : "npm run generate";
  const lines = [...differences, ...changed, `Generated files are not up to date. To fix: ${advice}`];
  return { lines, code: 1, isNew: false };
}

/** The inputs whose fingerprint differs from the one on the disk, unless that is missing or invalid. */
function changedInputs(target: string, outputs: Texts): string[] {
  const before = tolerate(() => readJson<unknown>(join(target, PROVENANCE)));
  const after: unknown = JSON.parse(outputs.get(PROVENANCE) ?? "{}");
  if (!isObject(before) || !isObject(after)) return [];
  const inputs = Object.keys(after).map((name) => [objectAt(before, name), objectAt(after, name)] as const);
  return inputs.flatMap(([was, is]) => (was.sha256 === is.sha256 ? [] : [String(is.file)]));
}

/**
 * Compares the files on the disk with the outputs. `extra` are files in the generated folder that are not outputs.
 * The comparison is byte by byte, because a text comparison would ignore bytes that are not UTF-8.
 */
export function compare(root: string, outputs: Texts) {
  const names = [...outputs.keys()];
  const missing = names.filter((name) => !existsSync(join(root, name)));
  const isSame = (name: string) => readFileSync(join(root, name)).equals(Buffer.from(outputs.get(name) ?? ""));
  return {
    missing,
    stale: names.filter((name) => !missing.includes(name) && !isSame(name)),
    extra: filesBelow(root, GENERATED_FOLDER).filter((name) => !outputs.has(name)),
  };
}

/** Writes either all files that differ or none. Files that are up to date are not touched. The caller holds the lock. */
function write({ options, cwd, target, outputs, model, totalMs }: Finish) {
  const { missing, stale, extra } = compare(target, outputs);
  const written = [...missing, ...stale];
  const removed = extra.filter((name) => isGenerated(join(target, name)));
  // A file in the generated folder without a generated header is not an output, so it stays.
  const left = extra.filter((name) => !removed.includes(name));
  commit(target, new Map(written.map((name) => [name, outputs.get(name) ?? ""])), removed);
  const writes = written.length === 0 ? "nothing changed" : `${count(written.length, "file")} written`;
  const changes = removed.length === 0 ? writes : `${writes}, ${count(removed.length, "file")} removed`;
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
 * Runs work on the folder of the outputs: the project's, or that of `--out`. Unless the work is only a check, no other
 * run works on the folder at the same time, and an unfinished write of an earlier run is finished first.
 */
export async function inTarget(
  { out, check: isCheck }: Arguments,
  { root, cwd }: Pick<Surroundings, "root" | "cwd">,
  generateInto: (target: string, scratch: string) => Promise<number>,
): Promise<number> {
  const target = out === undefined ? root : resolve(cwd, out);
  const work = () => inScratch((scratch) => generateInto(target, scratch));
  if (out !== undefined) refuseFolder(out, target, root);
  if (isCheck) return work();
  const made: string[] = [];
  try {
    if (out !== undefined) makeFolder(target, made);
    return await withLock(target, work);
  } catch (error) {
    throw cannotWrite(target, error, isInterrupted(target));
  } finally {
    // A folder that is no longer empty stays.
    for (const folder of made.reverse()) tolerate(() => rmdirSync(folder));
  }
}

/**
 * Creates a folder and its missing parents, and adds them to `made`. It creates them one by one, because the recursive option of
 * Node 20 never ends when a folder cannot be created, such as in /proc.
 */
function makeFolder(folder: string, made: string[]): void {
  if (existsSync(folder)) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder), made);
  mkdirSync(folder);
  made.push(folder);
}

/** Turns a failure of the file system into a message with the place, the reason and what to do. Returns any other error unchanged. */
function cannotWrite(target: string, error: unknown, isInterrupted: boolean): unknown {
  const { message, syscall, path } = Object(error) as NodeJS.ErrnoException;
  if (syscall === undefined) return error;
  const changed = isInterrupted
    ? "Some files are new already; the next run finishes the rest."
    : "Nothing was changed.";
  return new InputProblem({
    where: path ?? target,
    what: `${message}. ${changed}`,
    fix: "give a folder that can be written to, or make room, and run this again.",
  });
}
