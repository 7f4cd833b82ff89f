import { count } from "../generate/report.js";
import type { Impairment } from "./assess.js";

/** One paragraph for each place, in the form that editors and terminals make links of. */
export function printImpact(found: readonly Impairment[]): string {
  if (found.length === 0) return "Nothing breaks in this project.\n";
  const places = found.map(({ file, line, column, message, cause, advice }) =>
    [
      `${file}:${line}:${column}`,
      `  ${message.split("\n")[0]}`,
      cause === undefined ? "  No change of the API explains it." : `  Because: ${cause}`,
      ...(advice === undefined ? [] : [`  Instead: ${advice}`]),
      "",
    ].join("\n"),
  );
  const inFiles = new Set(found.map(({ file }) => file)).size;
  return `${places.join("\n")}\n${count(found.length, "place")} in ${count(inFiles, "file")} to change.\n`;
}
