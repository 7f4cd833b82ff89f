import { IMPACTS, type Impact } from "./entry.js";
import { linesOf } from "./group.js";
import type { Report } from "./report.js";

const HEADINGS: Record<Impact, string> = { major: "Breaking", minor: "New", patch: "Also" };

/** The report for a changelog or a pull request. */
export function printMarkdown(report: Report): string {
  if (report.impact === undefined) return "Nothing is different for users of the client.\n";
  return IMPACTS.map((impact) => section(report, impact))
    .filter((text) => text !== "")
    .join("\n");
}

function section(report: Report, impact: Impact): string {
  const lines = linesOf(report, impact);
  if (lines.length === 0) return "";
  const bullets = lines.map(({ text, reaches }) => `- ${text}${reaches.length === 0 ? "" : ` (in ${names(reaches)})`}`);
  return `**${HEADINGS[impact]}**\n\n${bullets.join("\n")}\n`;
}

function names(methods: readonly string[]): string {
  return methods.map((method) => `\`${method}\``).join(", ");
}
