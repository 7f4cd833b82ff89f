import { printJson } from "../lib/json.js";
import { count, wrap } from "../lib/text.js";
import type { Report } from "./report.js";

/** How much a change asks of those who use the client: new code, nothing but a look, nothing at all. */
export type Impact = "major" | "minor" | "patch";

export const IMPACTS: readonly Impact[] = ["major", "minor", "patch"];

/** One thing that is different for users of the client. */
export interface Entry {
  readonly kind: EntryKind;
  readonly impact: Impact;
  /** What it is about, as a user writes it: `instances.create`, `Instance`. */
  readonly subject: string;
  /** What happened to it, to be read after the subject: "`pool` is now required". */
  readonly clause: string;
  /** The member of the subject, where it is about one: `deployment`, `ssh.host`. */
  readonly member?: string;
  /** The type that the member belongs to, as the older description has it: `schema InstanceResponse`, `query list_orders`. */
  readonly owner?: string;
  /** What to write instead, where that is known. */
  readonly instead?: string;
  /** For a member: whether a description names `instead`, or only names and types make it likely. */
  readonly isInsteadDocumented?: boolean;
  /** Every method whose input or answer it reaches. */
  readonly methods: readonly string[];
}

/** What happened to one method. */
export function methodEntry(
  method: string,
  kind: EntryKind,
  impact: Impact,
  clause: string,
  more: Partial<Entry> = {},
): Entry {
  return { kind, impact, subject: method, clause, methods: [method], ...more };
}

export type EntryKind = MethodChange | MemberChange | "type-gone" | "type-renamed" | "words" | "limits" | "other";

export type MethodChange =
  | "method-new"
  | "method-gone"
  | "method-renamed"
  | "method-moved"
  | "method-id"
  | "method-deprecated"
  | "arguments"
  | "body"
  | "answer"
  | "key-new"
  | "key-gone"
  | "key-required"
  | "header"
  | "serialization"
  | "security"
  | "content-type"
  | "server"
  | "paging"
  | "page-size"
  | "retry"
  | "status-new"
  | "status-gone"
  | "old-call";

export type MemberChange =
  | "member-new"
  | "member-gone"
  | "member-required"
  | "member-optional"
  | "member-type"
  | "member-deprecated"
  | "member-access"
  | "member-default"
  | "member-unit"
  | "value-new"
  | "value-gone";

export function worst(impacts: Iterable<Impact>): Impact {
  const found = new Set(impacts);
  return IMPACTS.find((impact) => found.has(impact)) ?? "patch";
}

/** `instances.create` with its clause as one sentence; a member of a type is named with it: `Instance.deployment`. */
export function sentence(entry: Entry): string {
  const prefix = `\`${entry.member}\``;
  const isOfType = entry.member !== undefined && /^[A-Z]/.test(entry.subject) && entry.clause.startsWith(`${prefix} `);
  if (isOfType) return `\`${entry.subject}.${entry.member}\`${entry.clause.slice(prefix.length)}`;
  return `${subjectWords(entry.subject)}: ${entry.clause}`;
}

/** Names of code as code, other words as they are. */
function subjectWords(subject: string): string {
  return subject.includes(" ") ? subject : `\`${subject}\``;
}

/** What is reported about one subject, in one line. */
export interface Line {
  readonly text: string;
  /** The methods that it reaches, when the line does not name them itself. */
  readonly reaches: readonly string[];
}

/** The entries of one impact, those of one subject in one line: "`instances.create`: `pool` is …; `capacity` is gone". */
function linesOf({ entries }: Pick<Report, "entries">, impact: Impact): Line[] {
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

const MARKDOWN_HEADINGS: Record<Impact, string> = { major: "Breaking", minor: "New", patch: "Also" };

/** The report for a changelog or a pull request. */
export function printMarkdown(report: Report): string {
  if (report.impact === undefined) return "Nothing is different for users of the client.\n";
  return IMPACTS.map((impact) => markdownSection(report, impact))
    .filter((text) => text !== "")
    .join("\n");
}

function markdownSection(report: Report, impact: Impact): string {
  const lines = linesOf(report, impact);
  if (lines.length === 0) return "";
  const bullets = lines.map(({ text, reaches }) => `- ${text}${reaches.length === 0 ? "" : ` (in ${names(reaches)})`}`);
  return `**${MARKDOWN_HEADINGS[impact]}**\n\n${bullets.join("\n")}\n`;
}

function names(methods: readonly string[]): string {
  return methods.map((method) => `\`${method}\``).join(", ");
}

/** The report for other programs. */
export function printReportJson({ entries, impact, ...report }: Report): string {
  return printJson({
    ...report,
    impact: impact ?? null,
    entries: entries.map((entry) => ({ ...entry, sentence: sentence(entry) })),
  });
}
