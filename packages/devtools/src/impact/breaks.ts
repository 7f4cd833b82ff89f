import type TS from "typescript";
import { ts } from "./typescript.js";

/** A user's project, compiled with one version of the client. */
export interface UserProgram {
  readonly program: TS.Program;
  /** The project's own source files, including those that are reached only by an import. */
  readonly sources: readonly TS.SourceFile[];
  /** Paths of the files that import the client, including declarations of other packages. */
  readonly importers: readonly string[];
}

/** A place in the user's code that compiles with the older client but not with the newer one. */
export interface Break {
  readonly file: string;
  readonly start: number;
  readonly line: number;
  readonly column: number;
  /** The compiler's message, with all lines of its chain. */
  readonly message: string;
}

/** Finds the errors that occur only with the newer client. Errors that occur with both are left out. */
export function findBreaks(before: UserProgram, after: UserProgram): Break[] {
  const known = new Set(listErrors(before).map(({ key }) => key));
  return listErrors(after).flatMap(({ key, found }) => (known.has(key) ? [] : [found]));
}

function listErrors({ program, sources }: UserProgram): { key: string; found: Break }[] {
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
