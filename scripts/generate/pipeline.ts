import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Arguments } from "./arguments.js";
import { buildModel } from "./build-model.js";
import { refuseContradictions } from "./check-description.js";
import { absoluteReferences } from "./external-references.js";
import { finish } from "./finish.js";
import { formatCode } from "./format.js";
import { readInputs } from "./inputs.js";
import { printCode, printDocuments } from "./outputs.js";
import { applyOverlay } from "./overlay.js";
import { loadCompiler, printSchema } from "./print-schema.js";
import { createProgress } from "./progress.js";
import { bundle, judgeLint, lint } from "./redocly.js";
import { refuseFolder, standaloneOutputs } from "./standalone.js";
import type { Surroundings } from "./surroundings.js";

/** Every stage in order; the first to fail ends it, and only the last one writes. Gives the exit code. */
export async function runPipeline(options: Arguments, world: Surroundings, scratch: string): Promise<number> {
  const progress = createProgress(world.stdout, world.environment);
  const { stage } = progress;
  const target = options.out === undefined ? world.root : resolve(world.cwd, options.out);
  if (options.out !== undefined) refuseFolder(options.out, target, world.root);

  const { sources, table, origin, folder } = await stage("read", () => readInputs(options, world.root, world.cwd));
  const source = sources.description;
  const overlaid = await stage("overlay", () => {
    const result = applyOverlay(source.value, sources.overlay);
    refuseContradictions(result.document, source, folder);
    writeFileSync(join(scratch, "overlaid.json"), JSON.stringify(absoluteReferences(result.document, folder)));
    return result;
  });

  // Two processes side by side; when lint finds errors, the bundle is of no interest.
  const linting = lint(scratch, "overlaid.json", join(world.root, "redocly.yaml"));
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
  const outputs = new Map([...formatted, ...printDocuments(model, origin, bundled, sources)]);

  const result = await stage(options.check ? "check" : "write", async () =>
    finish({
      options,
      cwd: world.cwd,
      target,
      outputs: options.out === undefined ? outputs : await standaloneOutputs(outputs, world.root, target),
      model,
      notices: [...overlaid.notices, ...model.notices],
      warnings,
      totalMs: progress.totalMs,
    }),
  );
  const stream = result.code === 0 ? world.stdout : world.stderr;
  stream.write(result.lines.map((line) => `${line}\n`).join(""));
  return result.code;
}
