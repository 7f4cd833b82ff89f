import type TS from "typescript";
import { ts } from "./typescript.js";

/** A user's project on one client. */
export interface UserProgram {
  readonly program: TS.Program;
  /** The project's own sources, those among them that nothing but an import leads to as well. */
  readonly sources: readonly TS.SourceFile[];
  /** Paths of the files that import the package, declarations of other packages among them. */
  readonly importers: readonly string[];
}

/** A place in the user's code that compiled with the older client and does not with the newer one. */
export interface Break {
  readonly file: string;
  readonly start: number;
  readonly line: number;
  readonly column: number;
  /** The compiler's message with all lines of its chain. */
  readonly message: string;
}

/** Errors that only the newer client causes; what was wrong before is left out. */
export function findBreaks(before: UserProgram, after: UserProgram): Break[] {
  const known = new Set(errorsIn(before).map(({ key }) => key));
  return errorsIn(after).flatMap(({ key, found }) => (known.has(key) ? [] : [found]));
}

function errorsIn({ program, sources }: UserProgram): { key: string; found: Break }[] {
  return sources.flatMap((file) =>
    program.getSemanticDiagnostics(file).map(({ start = 0, code, messageText }) => {
      const { line, character } = file.getLineAndCharacterOfPosition(start);
      const message = ts.flattenDiagnosticMessageText(messageText, "\n");
      return {
        key: `${file.fileName} ${start} ${code}`,
        found: { file: file.fileName, start, line: line + 1, column: character + 1, message },
      };
    }),
  );
}
