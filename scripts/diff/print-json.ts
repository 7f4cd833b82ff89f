import { printJson } from "../lib/json.js";
import { sentence } from "./entry.js";
import type { Report } from "./report.js";

/** The report for other programs. */
export function printReportJson({ entries, impact, ...report }: Report): string {
  return printJson({
    ...report,
    impact: impact ?? null,
    entries: entries.map((entry) => ({ ...entry, sentence: sentence(entry) })),
  });
}
