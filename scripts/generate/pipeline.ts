import { resolve } from "node:path";
import type { Surroundings } from "../lib/command.js";
import { createProgress, type Progress } from "../lib/command.js";
import type { Arguments } from "./arguments.js";
import { cannotWrite, claimFolder } from "./claim-folder.js";
import { isInterrupted, recover } from "./commit.js";
import { finish } from "./finish.js";
import { misfitLines, misfits } from "./hand-written.js";
import { readInputs } from "./inputs.js";
import { withLock } from "./lock.js";
import { makeOutputs } from "./make-outputs.js";
import { refuseFolder, standaloneOutputs } from "./standalone.js";

/** Reads, makes and writes, in this order: the first to fail ends it, and only the last one writes. Gives the exit code. */
export async function runPipeline(options: Arguments, world: Surroundings, scratch: string): Promise<number> {
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
