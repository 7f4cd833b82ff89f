import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { bundle, judgeLint, lint, refuseContradictions } from "./generate/check.js";
import { buildModel, type Model } from "./generate/model.js";
import { applyOverlay } from "./generate/overlay.js";
import { formatCode, printCode, printDocuments } from "./generate/print.js";
import { type Arguments, type ReadInputs, readArguments, readInputs, USAGE } from "./generate/read.js";
import { absoluteReferences } from "./generate/references.js";
import { loadCompiler, printSchema } from "./generate/schema.js";
import { misfitLines, misfits, refuseFolder, standaloneOutputs } from "./generate/standalone.js";
import { cannotWrite, claimFolder, finish } from "./generate/write.js";
import { createProgress, explain, type Progress, runAsCommand, type Surroundings } from "./lib/command.js";
import { isInterrupted, recover, withLock } from "./lib/commit.js";
import type { Texts } from "./lib/files.js";
import { inScratch } from "./lib/scratch.js";

/** Makes the typed client from the API description. Gives the exit code; nothing is written unless all stages succeed. */
export async function generate(argv: readonly string[], world: Surroundings): Promise<number> {
  try {
    const options = readArguments(argv);
    if (!options.help) return await inScratch((scratch) => runPipeline(options, world, scratch));
    world.stdout.write(USAGE);
    return 0;
  } catch (error) {
    world.stderr.write(`${explain(error, world.environment)}\n`);
    return 1;
  }
}

/** Reads, makes and writes, in this order: the first to fail ends it, and only the last one writes. Gives the exit code. */
async function runPipeline(options: Arguments, world: Surroundings, scratch: string): Promise<number> {
  const progress = createProgress(world.stdout, world.environment);
  const target = options.out === undefined ? world.root : resolve(world.cwd, options.out);
  const asked = options.out;
  if (asked !== undefined) refuseFolder(asked, target, world.root);
  if (options.check) return generateOnce(options, world, scratch, target, progress);
  const giveBack = asked === undefined ? () => undefined : claimFolder(asked, target);
  try {
    return await withLock(target, () => {
      recover(target);
      return generateOnce(options, world, scratch, target, progress);
    });
  } catch (error) {
    throw cannotWrite(asked === undefined ? target : `--out ${asked}`, error, isInterrupted(target));
  } finally {
    giveBack();
  }
}

async function generateOnce(
  options: Arguments,
  world: Surroundings,
  scratch: string,
  target: string,
  progress: Progress,
): Promise<number> {
  const { stage } = progress;
  const inputs = await stage("read", () => readInputs(options, world.root, world.cwd));
  const made = await makeOutputs(inputs, world.root, scratch, progress);
  const result = await stage(options.check ? "check" : "write", async () => {
    const outputs =
      options.out === undefined ? made.outputs : await standaloneOutputs(made.outputs, world.root, target);
    return finish({ ...made, outputs, options, cwd: world.cwd, target, totalMs: progress.totalMs });
  });
  const stream = result.code === 0 ? world.stdout : world.stderr;
  stream.write(result.lines.map((line) => `${line}\n`).join(""));
  if (result.isNew) {
    const found = await stage("compile", () => misfits(target));
    world.stdout.write(
      misfitLines(found)
        .map((line) => `${line}\n`)
        .join(""),
    );
  }
  return result.code;
}

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

  const model = await stage("descriptors", () => buildModel(bundled, source, table));
  const schema = await stage("types", () => printSchema(bundled, origin, model.types));
  const code = await stage("resources", () => printCode(model, schema, origin));
  const formatted = await stage("format", () => formatCode(code, scratch));
  return {
    outputs: new Map([...formatted, ...printDocuments(model, origin, bundled, sources)]),
    model,
    notices: [...overlaid.notices, ...model.notices],
    warnings,
  };
}

await runAsCommand(import.meta.url, generate);
