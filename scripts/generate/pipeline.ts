import { resolve } from "node:path";
import type { Arguments } from "./arguments.js";
import { finish } from "./finish.js";
import { readInputs } from "./inputs.js";
import { makeOutputs } from "./make-outputs.js";
import { createProgress } from "./progress.js";
import { refuseFolder, standaloneOutputs } from "./standalone.js";
import type { Surroundings } from "./surroundings.js";

/** Reads, makes and writes, in this order: the first to fail ends it, and only the last one writes. Gives the exit code. */
export async function runPipeline(options: Arguments, world: Surroundings, scratch: string): Promise<number> {
  const progress = createProgress(world.stdout, world.environment);
  const { stage } = progress;
  const target = options.out === undefined ? world.root : resolve(world.cwd, options.out);
  if (options.out !== undefined) refuseFolder(options.out, target, world.root);

  const inputs = await stage("read", () => readInputs(options, world.root, world.cwd));
  const made = await makeOutputs(inputs, world.root, scratch, progress);
  const result = await stage(options.check ? "check" : "write", async () => {
    const outputs =
      options.out === undefined ? made.outputs : await standaloneOutputs(made.outputs, world.root, target);
    return finish({ ...made, outputs, options, cwd: world.cwd, target, totalMs: progress.totalMs });
  });
  const stream = result.code === 0 ? world.stdout : world.stderr;
  stream.write(result.lines.map((line) => `${line}\n`).join(""));
  return result.code;
}
