import {
  type Entry,
  type EntryKind,
  type Impact,
  sentence,
  subjectWords,
} from "../../packages/devtools/src/impact/entry.js";
import { printJson } from "../lib/json.js";
import { count } from "../lib/text.js";

export { type Entry, type EntryKind, type Impact, sentence } from "../../packages/devtools/src/impact/entry.js";

export const IMPACTS: readonly Impact[] = ["major", "minor", "patch"];

/** The report of a rule, which follows the name of its subject. */
export type News = readonly [kind: EntryKind, impact: Impact, clause: string, more?: Partial<Entry>];

/** A change of one method. */
export function methodEntry(method: string, [kind, impact, clause, more]: News): Entry {
  return { kind, impact, subject: method, clause, methods: [method], ...more };
}

/** All differences for users of the client, the most severe first. */
export interface Comparison {
  readonly entries: readonly Entry[];
  /** The required bump of the version number. Absent when nothing changed. */
  readonly impact?: Impact;
}

/** The difference between two descriptions, and its consequences. */
export interface Report extends Comparison {
  readonly from: string;
  readonly to: string;
  readonly version: { readonly current: string; readonly next: string };
  /** The number of changes in `redocly diff`. */
  readonly rawChanges: number;
  /** The rows of `sdk.yaml` that do not match the newer description. */
  readonly rows: readonly string[];
}

/** The line about one subject, and the affected methods if the line does not name them. */
type Line = ReturnType<typeof listLines>[number];

/** The entries of one impact, with one line per subject: "`instances.create`: `pool` is …; `capacity` is gone". */
function listLines({ entries }: Comparison, impact: Impact) {
  const chosen = entries.filter((entry) => entry.impact === impact);
  const gone = chosen.filter(({ kind }) => kind === "type-gone").map(({ subject }) => subjectWords(subject));
  const others = chosen.filter(({ kind }) => kind !== "type-gone");
  const lines = [...new Set(others.map(({ subject }) => subject))].map((subject) => {
    const about = others.filter((entry) => entry.subject === subject);
    const clauses = about.map(({ clause }) => clause).join("; ");
    const text = about.length === 1 ? about.map(sentence).join() : `${subjectWords(subject)}: ${clauses}`;
    return { text, reaches: [...new Set(about.flatMap(({ methods }) => methods))].filter((name) => name !== subject) };
  });
  // These types are removed together with their uses.
  if (gone.length > 0) lines.push({ text: `types that are no longer exported: ${gone.join(", ")}`, reaches: [] });
  return lines;
}

const UNCHANGED = "Nothing is different for users of the client.\n";

/** The text of each part of the report, by impact, without empty parts. */
function printSections(report: Report, print: (impact: Impact, lines: readonly Line[]) => string): string[] {
  return IMPACTS.map((impact) => [impact, listLines(report, impact)] as const)
    .filter(([, lines]) => lines.length > 0)
    .map(([impact, lines]) => print(impact, lines));
}

const HEADINGS = {
  major: { text: "Breaks code that uses it", markdown: "Breaking" },
  minor: { text: "New, or wider than before", markdown: "New" },
  patch: { text: "Needs no attention", markdown: "Also" },
} as const;

/** The report for a terminal. */
export function printText(report: Report): string {
  if (report.impact === undefined) return UNCHANGED;
  const sections = printSections(report, (impact, lines) => {
    const body = lines.map(({ text, reaches }) => {
      const methods = reaches.length === 0 ? "" : `      in ${named(reaches)}\n`;
      return `  ${text}\n${methods}`;
    });
    return `${HEADINGS[impact].text} (${impact})\n${body.join("")}`;
  });
  const rows = report.rows.map((row) => `  openapi/sdk.yaml: ${row}\n`).join("");
  return `${[...sections, ...(rows ? [rows] : [])].join("\n")}\n${verdict(report)}\n`;
}

const MOST_NAMED = 6;

/** All names if there are few, and otherwise some of them and a number. */
export function named(methods: readonly string[]): string {
  if (methods.length <= MOST_NAMED) return methods.join(", ");
  return `${methods.slice(0, MOST_NAMED - 1).join(", ")} and ${methods.length - MOST_NAMED + 1} more`;
}

/** The last line, with the new version number. */
function verdict({ entries, impact, version }: Report): string {
  const counts = IMPACTS.map((level) => `${entries.filter((entry) => entry.impact === level).length} ${level}`);
  const words = counts.filter((words) => !words.startsWith("0 "));
  return `${count(entries.length, "change")} (${words.join(", ")}): ${impact}; version ${version.current} -> ${version.next}`;
}

/** The report for a changelog or a pull request. */
export function printMarkdown(report: Report): string {
  if (report.impact === undefined) return UNCHANGED;
  return printSections(report, (impact, lines) => {
    const bullets = lines.map(({ text, reaches }) => {
      const methods = reaches.map((method) => `\`${method}\``).join(", ");
      return `- ${text}${methods && ` (in ${methods})`}\n`;
    });
    return `**${HEADINGS[impact].markdown}**\n\n${bullets.join("")}`;
  }).join("\n");
}

/** The report for other programs. */
export function printReportJson({ entries, impact, ...report }: Report): string {
  return printJson({
    ...report,
    impact: impact ?? null,
    entries: entries.map((entry) => ({ ...entry, sentence: sentence(entry) })),
  });
}

/** The printers by the values of `--format`. */
export const printers = new Map(Object.entries({ text: printText, markdown: printMarkdown, json: printReportJson }));
