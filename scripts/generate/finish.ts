import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Arguments } from "./arguments.js";
import { isInterrupted } from "./commit.js";
import { compare, write } from "./files.js";
import type { Texts } from "./format.js";
import type { Model } from "./model.js";
import { changedInputs, count, staleLines, writtenLines } from "./report.js";

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
