import { printJson } from "../lib/json.js";
import type { Texts } from "./format.js";
import type { Origin } from "./header.js";
import type { Model } from "./model.js";
import { printResourceIndex } from "./print-index.js";
import { printOperationList, printOperations } from "./print-operations.js";
import { type Inputs, printProvenance } from "./print-provenance.js";
import { printReadme } from "./print-readme.js";
import { printResource } from "./print-resource.js";
import { printServer } from "./print-server.js";
import { printTypes } from "./print-types.js";

/** The folder that holds generated code and nothing else. */
export const GENERATED_FOLDER = "src/generated";

/** All generated TypeScript, by path from the root; not formatted yet. */
export function printCode(model: Model, schema: string, origin: Origin): Texts {
  const resources = model.resources.map(
    (resource) => [`resources/${resource.file}.ts`, printResource(resource, origin)] as const,
  );
  const files: (readonly [string, string])[] = [
    ["schema.ts", schema],
    ["types.ts", printTypes(model, origin)],
    ["operations.ts", printOperations(model, origin)],
    ["server.ts", printServer(model, origin)],
    ["operation-list.ts", printOperationList(model, origin)],
    ...resources,
    ["resources/index.ts", printResourceIndex(model, origin)],
  ];
  return new Map(files.map(([name, text]) => [`${GENERATED_FOLDER}/${name}`, text]));
}

/** The outputs that are not code. */
export function printDocuments(model: Model, origin: Origin, bundled: unknown, inputs: Inputs): Texts {
  return new Map([
    [`${GENERATED_FOLDER}/README.md`, printReadme(model, origin)],
    ["openapi/bundled.json", printJson(bundled)],
    ["openapi/provenance.json", printProvenance(inputs)],
  ]);
}
