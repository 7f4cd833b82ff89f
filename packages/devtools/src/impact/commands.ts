import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Impairment } from "./assess.js";
import { findReplacement, type KnownChange } from "./known-changes.js";
import type { Manifest } from "./package-files.js";

/** Finds scripts in the project's package.json that run a command that the newer version no longer has. */
export function findCommandUses(
  folder: string,
  before: Manifest,
  after: Manifest,
  known: readonly KnownChange[],
): Impairment[] {
  const file = join(folder, "package.json");
  const commands = Object.keys(commandsIn(before)).filter((name) => !Object.hasOwn(commandsIn(after), name));
  if (commands.length === 0 || !existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  return commands.flatMap((command) => {
    const to = findReplacement(known, `npx ${command}`)?.to;
    // Matches the command as a separate word in a script, and not as the name of a dependency.
    const use = new RegExp(`(?<=^\\s*"[^"]+":\\s*"(?:[^"]*\\s)?)${command}(?= )`);
    return lines.flatMap((text, index): Impairment[] => {
      const found = use.exec(text);
      if (found === null) return [];
      return [
        {
          file: "package.json",
          line: index + 1,
          column: found.index + 1,
          message: `The command ${command} does not exist.`,
          cause: `\`npx ${command}\`: is gone`,
          advice: to === undefined ? "Do without it; nothing takes its place." : `Write \`${to}\`.`,
        },
      ];
    });
  });
}

function commandsIn({ name, bin = {} }: Manifest): Readonly<Record<string, string>> {
  return typeof bin === "string" ? { [name]: bin } : bin;
}
