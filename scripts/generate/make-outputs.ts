import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Progress } from "../lib/command.js";
import { buildModel } from "./build-model.js";
import { refuseContradictions } from "./check-description.js";
import { absoluteReferences } from "./external-references.js";
import { formatCode, type Texts } from "./format.js";
import type { ReadInputs } from "./inputs.js";
import type { Model } from "./model.js";
import { printCode, printDocuments } from "./outputs.js";
import { applyOverlay } from "./overlay.js";
import { loadCompiler, printSchema } from "./print-schema.js";
import { bundle, judgeLint, lint } from "./redocly.js";

/** All generated files as they are to be, by path from the root, and what there is to say about them. */
export interface Made {
  readonly outputs: Texts;
  readonly model: Model;
  readonly notices: readonly string[];
  readonly warnings: number;
}

/** Every stage from the inputs to the outputs; the first to fail ends it. Nothing is written outside `scratch`. */
export async function makeOutputs(
  { sources, table, origin, folder }: ReadInputs,
  root: string,
  scratch: string,
  { stage }: Pick<Progress, "stage">,
): Promise<Made> {
  const source = sources.description;
  const overlaid = await stage("overlay", () => {
    const result = applyOverlay(source.value, sources.overlay);
    refuseContradictions(result.document, source, folder);
    writeFileSync(join(scratch, "overlaid.json"), JSON.stringify(absoluteReferences(result.document, folder)));
    return result;
  });

  // Two processes side by side; when lint finds errors, the bundle is of no interest.
  const linting = lint(scratch, "overlaid.json", join(root, "redocly.yaml"));
  const bundling = bundle(scratch, "overlaid.json", source);
  const loading = loadCompiler();
  const settled = Promise.allSettled([linting, bundling, loading]);
  const warnings = await stage("lint", async () => {
    const problems = await linting.finally(() => settled);
    return judgeLint(problems, source);
  });
  const bundled = await stage("bundle", () => bundling);

  const schema = await stage("types", () => printSchema(bundled, origin));
  const model = await stage("descriptors", () => buildModel(bundled, source, table));
  const code = await stage("resources", () => printCode(model, schema, origin));
  const formatted = await stage("format", () => formatCode(code, scratch));
  return {
    outputs: new Map([...formatted, ...printDocuments(model, origin, bundled, sources)]),
    model,
    notices: [...overlaid.notices, ...model.notices],
    warnings,
  };
}
