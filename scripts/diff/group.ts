import { type Entry, type Impact, sentence, subjectWords } from "./entry.js";
import type { Report } from "./report.js";

/** What is told of one subject in one line. */
export interface Line {
  readonly text: string;
  /** The methods that it reaches, when the line does not name them itself. */
  readonly reaches: readonly string[];
}

/** The entries of one impact, those of one subject in one line: "`instances.create`: `pool` is …; `capacity` is gone". */
export function linesOf({ entries }: Pick<Report, "entries">, impact: Impact): Line[] {
  const chosen = entries.filter((entry) => entry.impact === impact);
  const goneTypes = chosen.filter(({ kind }) => kind === "type-gone");
  const others = chosen.filter(({ kind }) => kind !== "type-gone");
  const subjects = [...new Set(others.map(({ subject }) => subject))];
  return [
    ...subjects.map((subject) => lineOf(others.filter((entry) => entry.subject === subject))),
    ...goneLine(goneTypes),
  ];
}

function lineOf(entries: readonly Entry[]): Line {
  const [first] = entries;
  if (first === undefined) return { text: "", reaches: [] };
  const reaches = [...new Set(entries.flatMap(({ methods }) => methods))].filter((name) => name !== first.subject);
  if (entries.length === 1) return { text: sentence(first), reaches };
  return { text: `${subjectWords(first.subject)}: ${entries.map(({ clause }) => clause).join("; ")}`, reaches };
}

/** Types that go with what used them: one line for all. */
function goneLine(entries: readonly Entry[]): Line[] {
  if (entries.length === 0) return [];
  const names = entries.map(({ subject }) => subjectWords(subject)).join(", ");
  return [{ text: `types that are not exported any more: ${names}`, reaches: [] }];
}
