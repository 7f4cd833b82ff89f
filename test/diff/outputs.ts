import type { Surroundings } from "../../scripts/lib/command.js";
import { ROOT } from "../mutations/base.js";

/** An environment that records the output of a command. */
export function outputs(change: Partial<Surroundings> = {}) {
  const said = { stdout: "", stderr: "" };
  const keeper = (name: keyof typeof said) => ({
    write(text: string) {
      said[name] += text;
    },
  });
  const world: Surroundings = {
    root: ROOT,
    cwd: ROOT,
    stdout: keeper("stdout"),
    stderr: keeper("stderr"),
    environment: {},
    ...change,
  };
  return Object.assign(said, { world });
}
