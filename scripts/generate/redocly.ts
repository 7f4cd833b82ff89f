import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Fault, InputProblem, refuse } from "../lib/problem.js";
import { runPackage } from "../lib/run.js";
import type { Source } from "./source.js";

export interface LintProblem {
  readonly ruleId: string;
  readonly severity: "error" | "warn";
  readonly message: string;
  readonly location: readonly { readonly pointer?: string; readonly source?: { readonly ref: string } }[];
}

/** What `redocly lint` finds in a file, by the rules of the given configuration. */
export async function lint(folder: string, file: string, config: string): Promise<LintProblem[]> {
  const args = ["lint", file, "--format=json", "--max-problems=1000", `--config=${config}`];
  const { stdout, stderr } = await runPackage("@redocly/cli", args, folder);
  try {
    return (JSON.parse(stdout) as { problems: LintProblem[] }).problems;
  } catch {
    throw new Error(`redocly lint did not run: ${withoutBox(stderr || stdout)}`);
  }
}

/** Errors stop the generation; the number of warnings is given back. */
export function judgeLint(problems: readonly LintProblem[], source: Source): number {
  refuse(problems.filter(({ severity }) => severity === "error").map((problem) => toFault(problem, source)));
  return problems.length;
}

function toFault({ ruleId, message, location }: LintProblem, source: Source): Fault {
  return {
    where: source.at(location[0]?.pointer ?? "#/"),
    what: `${message.split("\n")[0]} (lint rule ${ruleId})`,
    mend: "correct the description, or mend it in openapi/overlay.yaml; redocly.yaml holds the rules.",
  };
}

/** The description in one document, as `redocly bundle` makes it. */
export async function bundle(folder: string, file: string, source: Source): Promise<unknown> {
  const output = join(folder, "bundled.json");
  const { code, stderr } = await runPackage("@redocly/cli", ["bundle", file, `--output=${output}`], folder);
  if (code === 0) return JSON.parse(readFileSync(output, "utf8"));
  throw new InputProblem({
    where: source.file,
    what: `The description cannot be bundled: ${withoutBox(stderr)}`,
    mend: "check each `$ref` to another file.",
  });
}

/** Redocly's words without the box that tells of old Node versions. */
function withoutBox(text: string): string {
  const lines = text.split("\n").filter((line) => !/[╔║╚]/.test(line) && line.trim() !== "");
  return lines.slice(0, 6).join("\n  ");
}
