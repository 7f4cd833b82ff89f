import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { isObject, objectAt, textAt } from "../lib/json.js";
import { type Fault, InputProblem, refuse } from "../lib/problem.js";
import { atPointer, toPointer } from "./pointer.js";
import { findSelfInclusions } from "./self-inclusions.js";
import type { Source } from "./source.js";
import { walk } from "./walk.js";

export const HTTP_METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"] as const;

/** Stops unless the file is an OpenAPI description of a version that the pipeline understands. */
export function refuseNonOpenApi(source: Source): void {
  const version = textAt(source.value, "openapi");
  if (version !== undefined && /^3\.[01]\.\d+/.test(version)) {
    if (isObject(source.value) && isObject(source.value.paths)) return;
    throw new InputProblem({
      where: source.file,
      what: "The description has no `paths`, so there is nothing to generate.",
      mend: "give the whole API description.",
    });
  }
  const found = isObject(source.value) ? Object.keys(source.value).slice(0, 4).join(", ") : "";
  throw new InputProblem({
    where: version === undefined ? source.file : source.at("#/openapi"),
    what:
      version === undefined
        ? `Not an OpenAPI description: it has no \`openapi\` version (it holds: ${found || "nothing"}).`
        : `OpenAPI ${version} is not supported.`,
    mend: "give an OpenAPI 3.0 or 3.1 document.",
  });
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
  const hasOperation = items.some(
    (item) => isObject(item) && ("$ref" in item || HTTP_METHODS.some((method) => isObject(item[method]))),
  );
  if (hasOperation) return [];
  const what = "The description has no operations, so there is nothing to generate.";
  return [{ where: source.at("#/paths"), what, mend: "give the whole API description." }];
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
      mend: "correct the name or add what is missing; openapi/overlay.yaml can do it without touching the description.",
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
    mend: "remove this step, or put it into a property; openapi/overlay.yaml can do it without touching the description.",
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
        mend: "correct the mapping, or mend it in openapi/overlay.yaml (remove the mapping, then add the right one).",
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
  const faults: Fault[] = [];
  const firstUse = new Map<string, string>();
  for (const [path, item] of Object.entries(objectAt(document, "paths"))) {
    for (const method of HTTP_METHODS) {
      const operation = isObject(item) ? item[method] : undefined;
      if (!isObject(operation)) continue;
      const pointer = toPointer(["paths", path, method]);
      const id = operation.operationId;
      if (typeof id !== "string" || id.trim() === "") {
        faults.push({
          where: source.at(pointer),
          what: `${method.toUpperCase()} ${path} has no operationId.`,
          mend: "add an operationId: names of methods and rows in openapi/sdk.yaml hang on it.",
        });
        continue;
      }
      const first = firstUse.get(id);
      if (first !== undefined) {
        faults.push({
          where: source.at(`${pointer}/operationId`),
          what: `operationId "${id}" is used twice; the other is ${source.at(first)}.`,
          mend: "give each operation an operationId of its own.",
        });
      }
      firstUse.set(id, pointer);
    }
  }
  return faults;
}
