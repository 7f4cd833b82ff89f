import { wrap } from "../generate/docs.js";
import { count } from "../generate/report.js";
import { IMPACTS, type Impact } from "./entry.js";
import { linesOf } from "./group.js";
import type { Report } from "./report.js";

const HEADINGS: Record<Impact, string> = {
  major: "Breaks code that uses it",
  minor: "New, or wider than before",
  patch: "Needs no attention",
};

const WIDTH = 118;

/** The report for a terminal. */
export function printText(report: Report): string {
  if (report.impact === undefined) return "Nothing is different for users of the client.\n";
  const sections = IMPACTS.map((impact) => section(report, impact)).filter((text) => text !== "");
  const rows = report.rows.map((row) => `  openapi/sdk.yaml: ${row}\n`).join("");
  return `${[...sections, ...(rows ? [rows] : [])].join("\n")}\n${verdict(report)}\n`;
}

function section(report: Report, impact: Impact): string {
  const lines = linesOf(report, impact);
  if (lines.length === 0) return "";
  const body = lines.flatMap(({ text, reaches }) => [
    ...indented(text, "  ", "      "),
    ...(reaches.length === 0 ? [] : indented(`in ${named(reaches)}`, "      ", "      ")),
  ]);
  return [`${HEADINGS[impact]} (${impact})`, ...body, ""].join("\n");
}

function indented(text: string, first: string, next: string): string[] {
  return wrap(text, WIDTH - next.length).map((line, index) => (index === 0 ? first : next) + line.trimStart());
}

const MOST_NAMED = 6;

/** All names where they are few, else some and a number. */
export function named(methods: readonly string[]): string {
  if (methods.length <= MOST_NAMED) return methods.join(", ");
  return `${methods.slice(0, MOST_NAMED - 1).join(", ")} and ${methods.length - MOST_NAMED + 1} more`;
}

/** The last line: what the version number has to say. */
function verdict({ entries, impact, version }: Report): string {
  const counts = IMPACTS.map((level) => [level, entries.filter((entry) => entry.impact === level).length] as const);
  const words = counts.filter(([, number]) => number > 0).map(([level, number]) => `${number} ${level}`);
  return `${count(entries.length, "change")} (${words.join(", ")}): ${impact}; version ${version.current} -> ${version.next}`;
}
