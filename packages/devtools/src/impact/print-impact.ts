import type { Assessment, Impairment } from "./assess.js";
import { count } from "./count.js";
import { shortMessage } from "./message.js";

/** Prints one paragraph for each change, with its places in a form that editors and terminals turn into links. */
export function printImpact({ found, files, importers }: Assessment): string {
  const checked = `${count(files, "file")} checked, ${importers} of them ${importers === 1 ? "imports" : "import"} the client`;
  if (found.length === 0) return `Nothing breaks in this project: ${checked}.\n`;
  const causes = [...new Set(found.map(({ cause }) => cause))];
  // Places that no change explains come last.
  const sorted = [...causes.filter((cause) => cause !== undefined), ...causes.filter((cause) => cause === undefined)];
  const paragraphs = sorted.map((cause) =>
    paragraph(
      cause,
      found.filter((one) => one.cause === cause),
    ),
  );
  const inFiles = new Set(found.map(({ file }) => file)).size;
  return `${paragraphs.join("\n")}\n${count(found.length, "place")} in ${count(inFiles, "file")} to change; ${checked}.\n`;
}

function paragraph(cause: string | undefined, places: readonly Impairment[]): string {
  const [first] = places;
  return [
    cause ?? "No change of the API explains:",
    ...(first?.advice === undefined ? [] : [`  ${first.advice}`]),
    ...places.map(({ file, line, column, message }) => `    ${file}:${line}:${column}  ${shortMessage(message)}`),
    "",
  ].join("\n");
}
