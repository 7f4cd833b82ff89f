import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { checkSavedWorld, isSavedWorld } from "../simulator/storage/saved-world.js";
import { checkWorld } from "../simulator/world/world-checks.js";
import type { SavedWorld, SimulatorOptions } from "../simulator.js";

/** Reads a saved or hand-written world, as an option of `startSimulator`. `option` is the name of the option in error messages. */
export function readWorldFile(
  file: string,
  option: string,
  { mayBeMissing = false }: { readonly mayBeMissing?: boolean } = {},
): Pick<SimulatorOptions, "world" | "savedWorld"> {
  if (mayBeMissing && !existsSync(file)) return {};
  const name = `${option} ${file}`;
  const world = readJson(file, name);
  if (isSavedWorld(world)) {
    checkSavedWorld(world, name);
    return { savedWorld: world };
  }
  if (mayBeMissing) throw new TypeError(`${name} is not a saved world, and would be overwritten at the end`);
  checkWorld(world, name);
  return { world: world as NonNullable<SimulatorOptions["world"]> };
}

function readJson(file: string, name: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new TypeError(`${name} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new TypeError(`${name} is not JSON`);
  }
}

/** Writes a world to a temporary file first, so that a failure leaves the previous file unchanged. */
export function writeWorldFile(file: string, world: SavedWorld): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, `${JSON.stringify(world)}\n`);
    renameSync(temporary, file);
  } catch (error) {
    if (existsSync(temporary)) rmSync(temporary);
    throw new Error(`simulate: the state could not be saved in ${file} (${(error as NodeJS.ErrnoException).code})`);
  }
}
