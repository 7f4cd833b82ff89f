import ts from "typescript";
import type { UserProject } from "./user-project.js";

/** A place in the user's code that compiled with the older client and does not with the newer one. */
export interface Break {
  readonly file: string;
  readonly start: number;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Errors that only the newer client causes; what was wrong before is none of ours. */
export function findBreaks(project: UserProject, before: ts.Program, after: ts.Program): Break[] {
  const known = new Set(errorsIn(project, before).map(({ key }) => key));
  return errorsIn(project, after).flatMap(({ key, found }) => (known.has(key) ? [] : [found]));
}

function errorsIn(project: UserProject, program: ts.Program): { key: string; found: Break }[] {
  return project.files.flatMap((path) => {
    const file = program.getSourceFile(path);
    if (file === undefined) return [];
    return program.getSemanticDiagnostics(file).map(({ start = 0, code, messageText }) => {
      const { line, character } = file.getLineAndCharacterOfPosition(start);
      const message = ts.flattenDiagnosticMessageText(messageText, "\n");
      return {
        key: `${path} ${start} ${code}`,
        found: { file: path, start, line: line + 1, column: character + 1, message },
      };
    });
  });
}
