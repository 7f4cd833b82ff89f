import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { isObject, objectAt, readJson, textAt } from "../lib/json.js";
import { atPointer, listOperationNodes, toPointer, walk } from "../lib/openapi.js";
import { type Fault, InputProblem, refuse, tolerate } from "../lib/problem.js";
import { runPackage, runRedocly, withoutBox } from "../lib/run.js";
import type { Source } from "../lib/source.js";
import { constantName } from "./names.js";
import { absoluteReferences, findSelfInclusions, type Path, refersToFiles } from "./references.js";

/** Throws an error when the description with the overlay is inconsistent. */
export function refuseContradictions(document: unknown, source: Source, folder: string): void {
  refuse(noOperations(document, source));
  refuse(missingReferences(document, source, folder));
  refuse(selfInclusions(document, source));
  refuse(badOperationIds(document, source));
}

function noOperations(document: unknown, source: Source): Fault[] {
  const items = Object.values(objectAt(document, "paths"));
  // The targets of references are checked together with all other references.
  if (listOperationNodes(document).length > 0 || items.some((item) => isObject(item) && "$ref" in item)) return [];
  const what = "The description has no operations, so there is nothing to generate.";
  return [{ where: source.at("#/paths"), what, fix: "give the whole API description." }];
}

/** Checks references, also in discriminators, whose mappings contain only references once the overlay is applied. */
function missingReferences(document: unknown, source: Source, folder: string): Fault[] {
  const faults: Fault[] = [];
  const check = (path: Path, ref: unknown) => {
    const reason = referenceFault(document, String(ref), folder);
    if (reason === undefined) return;
    faults.push({
      where: source.at(toPointer(path)),
      what: `The reference "${ref}" ${reason}.`,
      fix: "correct the name or add what is missing; openapi/overlay.yaml can do it without touching the description.",
    });
  };
  walk(document, (node, path) => {
    if (typeof node.$ref === "string") check([...path, "$ref"], node.$ref);
    const mapping = objectAt(objectAt(node, "discriminator"), "mapping");
    for (const value of Object.keys(mapping)) check([...path, "discriminator", "mapping", value], mapping[value]);
  });
  return faults;
}

function referenceFault(document: unknown, ref: string, folder: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(ref)) return "leads to the network: generation works offline";
  const [file = ""] = ref.split("#");
  const exists = file === "" ? atPointer(document, ref) !== undefined : existsSync(resolve(folder, file));
  return exists ? undefined : "leads to nothing";
}

function selfInclusions(document: unknown, source: Source): Fault[] {
  return findSelfInclusions(document).map(({ path, steps }) => ({
    where: source.at(toPointer(path)),
    what: `The schema includes itself: ${steps.join(" -> ")}. No value and no type can be made of that.`,
    fix: "remove this step, or put it into a property; openapi/overlay.yaml can do it without touching the description.",
  }));
}

function* badOperationIds(document: unknown, source: Source): Generator<Fault> {
  const byConstant = new Map<string, string>();
  for (const { path, method, node } of listOperationNodes(document)) {
    const pointer = toPointer(["paths", path, method]);
    const id = textAt(node, "operationId") ?? "";
    const constant = constantName(id);
    const first = byConstant.get(constant) ?? pointer;
    if (id.trim() === "") {
      const what = `${method.toUpperCase()} ${path} has no operationId.`;
      const fix = "add an operationId: names of methods and rows in openapi/sdk.yaml hang on it.";
      yield { where: source.at(pointer), what, fix };
    } else if (first !== pointer) {
      const what = `operationId "${id}" is used twice, as the constant ${constant}; the other is ${source.at(first)}.`;
      const fix = "give each operation an operationId of its own, in letters and digits.";
      yield { where: source.at(`${pointer}/operationId`), what, fix };
    } else byConstant.set(constant, pointer);
  }
}

export interface LintProblem {
  readonly ruleId: string;
  readonly severity: "error" | "warn";
  readonly message: string;
  readonly location: readonly { readonly pointer?: string; readonly source?: { readonly ref: string } }[];
}

/** The findings of `redocly lint` in a description, with the rules of `redocly.yaml`. */
export async function lint(document: unknown, folder: string, root: string, scratch: string): Promise<LintProblem[]> {
  const text = JSON.stringify(absoluteReferences(document, folder));
  const hash = createHash("sha256").update(text);
  for (const name of ["redocly.yaml", "package.json"]) hash.update(readFileSync(join(root, name)));
  const key = hash.digest("hex");
  // Linting takes longer than all other stages together, and most runs lint the same description as the last run. Other files that it refers to may have changed.
  const cache = join(root, "node_modules/.redocly-lint.json");
  const last = tolerate(() => readJson<{ key: string; problems: LintProblem[] }>(cache));
  if (last?.key === key && !refersToFiles(document)) return last.problems;
  const file = join(scratch, "linted.json");
  writeFileSync(file, text);
  const args = ["lint", file, "--max-problems=1000", `--config=${join(root, "redocly.yaml")}`];
  const { problems } = await runRedocly<{ problems: LintProblem[] }>(args, scratch);
  // If the result cannot be saved, the next run lints again.
  tolerate(() => writeFileSync(cache, JSON.stringify({ key, problems })));
  return problems;
}

/** Errors stop the generation. Returns the number of warnings. */
export function judgeLint(problems: readonly LintProblem[], source: Source): number {
  const errors = problems.filter(({ severity }) => severity === "error");
  refuse(
    errors.map(({ ruleId, message, location }) => ({
      where: source.at(location[0]?.pointer ?? "#/"),
      what: `${message.split("\n")[0]} (lint rule ${ruleId})`,
      fix: "correct the description, or fix it in openapi/overlay.yaml; redocly.yaml holds the rules.",
    })),
  );
  return problems.length;
}

/** The description in one document. `redocly bundle` makes it when the description refers to other files. */
export async function bundle(document: unknown, folder: string, source: Source, scratch: string): Promise<unknown> {
  if (!refersToFiles(document)) return document;
  const [file, output] = [join(scratch, "overlaid.json"), join(scratch, "bundled.json")];
  writeFileSync(file, JSON.stringify(absoluteReferences(document, folder)));
  const { exitCode, stderr } = await runPackage("@redocly/cli", ["bundle", file, `--output=${output}`], scratch);
  if (exitCode === 0) return JSON.parse(readFileSync(output, "utf8"));
  throw new InputProblem({
    where: source.file,
    what: `The description cannot be bundled: ${withoutBox(stderr)}`,
    fix: "check each `$ref` to another file.",
  });
}
