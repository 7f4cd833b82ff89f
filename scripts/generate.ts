import { bundle, judgeLint, lint, refuseContradictions } from "./generate/check.js";
import { buildModel } from "./generate/model.js";
import { applyOverlay } from "./generate/overlay.js";
import { formatCode, printCode, printDocuments } from "./generate/print.js";
import { OPTIONS, type ReadInputs, readInputs } from "./generate/read.js";
import { printSchema } from "./generate/schema.js";
import { findMisfits, standaloneOutputs } from "./generate/standalone.js";
import { finish, inTarget, type Made } from "./generate/write.js";
import { createProgress, defineCommand, type Progress, runAsCommand } from "./lib/command.js";

const call = "npm run generate --";
const about = "Makes the typed client from the API description.";

/** Generates the typed client from the API description. Nothing is written unless all stages succeed. */
export const generate = defineCommand({ call, about, options: OPTIONS }, (options, _, world) => {
  const progress = createProgress(world.stdout, world.environment);
  const { stage } = progress;
  return inTarget(options, world, async (target, scratch) => {
    const inputs = await stage("read", () => readInputs(options, world.root, world.cwd));
    const made = await makeOutputs(inputs, world.root, scratch, progress);
    const { lines, code, isNew } = await stage(options.check ? "check" : "write", () => {
      const isCopy = options.out !== undefined;
      const outputs = isCopy ? standaloneOutputs(made.outputs, world.root, target) : made.outputs;
      return finish({ ...made, outputs, options, cwd: world.cwd, target, totalMs: progress.totalMs });
    });
    (code === 0 ? world.stdout : world.stderr).write(lines.map((line) => `${line}\n`).join(""));
    const found = isNew ? await stage("compile", () => findMisfits(target, scratch)) : [];
    world.stdout.write(found.map((line) => `${line}\n`).join(""));
    return code;
  });
});

/** Runs every stage from the inputs to the outputs. The first failure ends it. Nothing is written outside of `scratch`. */
export async function makeOutputs(
  { sources, table, folder }: ReadInputs,
  root: string,
  scratch: string,
  { stage }: Pick<Progress, "stage">,
): Promise<Made> {
  const { description, overlay } = sources;
  const overlaid = await stage("overlay", () => {
    const result = applyOverlay(description.value, overlay);
    refuseContradictions(result.document, description, folder);
    return result;
  });
  // The linter takes as long as all other stages together, so it runs in parallel in its own process.
  const linting = lint(overlaid.document, folder, root, scratch);
  linting.catch(() => undefined); // The error is reported where the result is used.
  try {
    const bundled = await stage("bundle", () => bundle(overlaid.document, folder, description, scratch));
    const model = await stage("model", () => buildModel(bundled, description, table));
    const schema = await stage("types", () => printSchema(bundled, description, model.types));
    const code = await stage("print", () => printCode(model, schema));
    const formatted = await stage("format", () => formatCode(code, sources, scratch));
    const warnings = await stage("lint", async () => judgeLint(await linting, description));
    const outputs = new Map([...formatted, ...printDocuments(model, bundled, sources)]);
    return { outputs, model, notices: [...overlaid.notices, ...model.notices], warnings };
  } catch (error) {
    // An error of the linter is the cause of the other failure, and has the better message.
    judgeLint(await linting, description);
    throw error;
  }
}

await runAsCommand(import.meta.url, generate);
