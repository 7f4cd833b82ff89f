import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { isObject, objectAt, readJson, textAt } from "../lib/json.js";
import { atPointer, listOperationNodes, toPointer, walk } from "../lib/openapi.js";
import { readPackage, root as repository } from "../lib/package.js";
import { type Fault, InputProblem, refuse, tolerate } from "../lib/problem.js";
import { runPackage, runRedocly, withoutBox } from "../lib/run.js";
import type { Source } from "../lib/source.js";
import { absoluteReferences, findSelfInclusions, refersToFiles } from "./references.js";

/** Stops unless the file is an OpenAPI description of a version that the pipeline understands. */
export function refuseNonOpenApi({ file, value, at }: Source): void {
  const version = textAt(value, "openapi");
  if (version === undefined) {
    const holds = Object.keys(isObject(value) ? value : {}).slice(0, 4);
    const found = `it has no \`openapi\` version (it holds: ${holds.join(", ") || "nothing"})`;
    const fix = "give an OpenAPI 3.0 or 3.1 document.";
    refuse([{ where: file, what: `Not an OpenAPI description: ${found}.`, fix }]);
  } else if (!/^3\.[01]\.\d+/.test(version)) {
    const what = `OpenAPI ${version} is not supported.`;
    refuse([{ where: at("#/openapi"), what, fix: "give an OpenAPI 3.0 or 3.1 document." }]);
  } else if (!isObject(value) || !isObject(value.paths)) {
    const what = "The description has no `paths`, so there is nothing to generate.";
    refuse([{ where: file, what, fix: "give the whole API description." }]);
  }
}

/** Stops when the description, with the overlay applied, contradicts itself. */
export function refuseContradictions(document: unknown, source: Source, folder: string): void {
  refuse(noOperations(document, source));
  refuse(missingReferences(document, source, folder));
  refuse(selfInclusions(document, source));
  refuse(badDiscriminators(document, source));
  refuse(badOperationIds(document, source));
}

function noOperations(document: unknown, source: Source): Fault[] {
  const items = Object.values(objectAt(document, "paths"));
  // What a reference leads to is looked at with all other references.
  if (listOperationNodes(document).length > 0 || items.some((item) => isObject(item) && "$ref" in item)) return [];
  const what = "The description has no operations, so there is nothing to generate.";
  return [{ where: source.at("#/paths"), what, fix: "give the whole API description." }];
}

function missingReferences(document: unknown, source: Source, folder: string): Fault[] {
  const faults: Fault[] = [];
  walk(document, (node, path) => {
    if (typeof node.$ref !== "string") return;
    const reason = referenceFault(document, node.$ref, folder);
    if (reason === undefined) return;
    faults.push({
      where: source.at(toPointer([...path, "$ref"])),
      what: `$ref names "${node.$ref}", ${reason}.`,
      fix: "correct the name or add what is missing; openapi/overlay.yaml can do it without touching the description.",
    });
  });
  return faults;
}

function referenceFault(document: unknown, ref: string, folder: string): string | undefined {
  if (ref.startsWith("#")) return atPointer(document, ref) === undefined ? "which does not exist" : undefined;
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(ref)) return "which lies on the network: generation works offline";
  const file = resolve(folder, ref.split("#")[0] ?? "");
  return existsSync(file) ? undefined : "a file that does not exist";
}

function selfInclusions(document: unknown, source: Source): Fault[] {
  return findSelfInclusions(document).map(({ path, steps }) => ({
    where: source.at(toPointer(path)),
    what: `The schema includes itself: ${steps.join(" -> ")}. No value and no type can be made of that.`,
    fix: "remove this step, or put it into a property; openapi/overlay.yaml can do it without touching the description.",
  }));
}

function badDiscriminators(document: unknown, source: Source): Fault[] {
  const faults: Fault[] = [];
  const schemas = objectAt(objectAt(document, "components"), "schemas");
  walk(document, (node, path) => {
    for (const [value, target] of Object.entries(objectAt(objectAt(node, "discriminator"), "mapping"))) {
      const exists = typeof target === "string" && (Object.hasOwn(schemas, target) || namesSomething(document, target));
      if (exists) continue;
      faults.push({
        where: source.at(toPointer([...path, "discriminator", "mapping", value])),
        what: `The discriminator maps "${value}" to "${target}", a schema that does not exist.`,
        fix: "correct the mapping, or fix it in openapi/overlay.yaml (remove the mapping, then add the right one).",
      });
    }
  });
  return faults;
}

function namesSomething(document: unknown, target: string): boolean {
  if (target.startsWith("#")) return atPointer(document, target) !== undefined;
  // A file of its own; the bundler says so when it is missing.
  return target.includes("/") || /\.(json|ya?ml)$/.test(target);
}

function badOperationIds(document: unknown, source: Source): Fault[] {
  const firstUse = new Map<string, string>();
  return listOperationNodes(document).flatMap(({ path, method, node }): Fault[] => {
    const pointer = toPointer(["paths", path, method]);
    const id = textAt(node, "operationId") ?? "";
    if (id.trim() === "") {
      const what = `${method.toUpperCase()} ${path} has no operationId.`;
      const fix = "add an operationId: names of methods and rows in openapi/sdk.yaml hang on it.";
      return [{ where: source.at(pointer), what, fix }];
    }
    const first = firstUse.get(id);
    firstUse.set(id, pointer);
    if (first === undefined) return [];
    const what = `operationId "${id}" is used twice; the other is ${source.at(first)}.`;
    return [
      { where: source.at(`${pointer}/operationId`), what, fix: "give each operation an operationId of its own." },
    ];
  });
}

export interface LintProblem {
  readonly ruleId: string;
  readonly severity: "error" | "warn";
  readonly message: string;
  readonly location: readonly { readonly pointer?: string; readonly source?: { readonly ref: string } }[];
}

/** Where the last result is kept: beside the linter, never in the folder that is generated into. */
const CACHE = join(repository, "node_modules/.cache/sfc-generate/lint.json");

/** What `redocly lint` finds in a description, by the rules of `redocly.yaml`. */
export async function lint(
  document: unknown,
  folder: string,
  root: string,
  scratch: string,
  cache = CACHE,
): Promise<LintProblem[]> {
  const config = join(root, "redocly.yaml");
  const text = JSON.stringify(absoluteReferences(document, folder));
  const versions = JSON.stringify(readPackage(repository).devDependencies);
  const key = createHash("sha256").update(readFileSync(config)).update(versions).update(text).digest("hex");
  // Linting takes as long as all other stages together, and most runs lint what the last one did. Files that are referred to may have changed meanwhile.
  const isCached = !refersToFiles(document);
  // There may be none, and another run may be writing it.
  const last = isCached ? tolerate(() => readJson<LastLint>(cache)) : undefined;
  if (last?.key === key) return last.problems;
  const file = join(scratch, "linted.json");
  writeFileSync(file, text);
  const args = ["lint", file, "--max-problems=1000", `--config=${config}`];
  const { problems } = await runRedocly<Pick<LastLint, "problems">>(args, scratch);
  // Where nothing can be written, every run lints.
  if (isCached) tolerate(() => writeLast(cache, { key, problems }));
  return problems;
}

interface LastLint {
  readonly key: string;
  readonly problems: LintProblem[];
}

function writeLast(cache: string, last: LastLint): void {
  mkdirSync(dirname(cache), { recursive: true });
  writeFileSync(cache, JSON.stringify(last));
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
    fix: "correct the description, or fix it in openapi/overlay.yaml; redocly.yaml holds the rules.",
  };
}

/** The description in one document: as `redocly bundle` makes it where it refers to other files, else itself. */
export async function bundle(document: unknown, folder: string, source: Source, scratch: string): Promise<unknown> {
  if (!refersToFiles(document)) return document;
  const [file, output] = [join(scratch, "overlaid.json"), join(scratch, "bundled.json")];
  writeFileSync(file, JSON.stringify(absoluteReferences(document, folder)));
  const { code, stderr } = await runPackage("@redocly/cli", ["bundle", file, `--output=${output}`], scratch);
  if (code === 0) return JSON.parse(readFileSync(output, "utf8"));
  throw new InputProblem({
    where: source.file,
    what: `The description cannot be bundled: ${withoutBox(stderr)}`,
    fix: "check each `$ref` to another file.",
  });
}
