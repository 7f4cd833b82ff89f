import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import type { KnownChange } from "../../packages/devtools/src/impact/known-changes.js";
import { listOperations } from "../generate/operations.js";
import { DEFAULTS, readInputs, readText } from "../generate/read.js";
import type { Made } from "../generate/write.js";
import { makeOutputs } from "../generate.js";
import type { Texts } from "../lib/files.js";
import { canonicalJson, isObject, printJson, readJson } from "../lib/json.js";
import { readPackage } from "../lib/package.js";
import { InputProblem } from "../lib/problem.js";
import { parseSource } from "../lib/source.js";
import { changesetBump } from "./diff.js";
import { type Entry, printMarkdown, type Report } from "./report.js";
import { editRows, matchOperations, type RowChange } from "./sdk-table.js";
import { type Description, readDescription } from "./side.js";

const { spec: DESCRIPTION, sdk: TABLE } = DEFAULTS;

/** Reads the current description and a new one. Throws an error, and changes nothing, when the new one cannot replace the current one. */
export async function readBoth(text: string, name: string, root: string): Promise<[Description, Description]> {
  const older = await readDescription({}, root, root);
  // The new description is read as if it were in the project.
  const newer = await readDescription({}, root, root, new Map([[DESCRIPTION, parseSource(text, name)]]));
  const before = listOperations(older.document).operations;
  const kept = matchOperations(before, listOperations(newer.document).operations).size;
  if (kept * 2 >= before.length) return [older, newer];
  // The file is only a part, the description of another API, or truncated.
  const what = `Of ${before.length} operations only ${kept} are left: more than half are gone.`;
  const fix = `check that it is the whole description; to take it all the same, put it into ${DESCRIPTION} by hand.`;
  throw new InputProblem({ where: name, what, fix });
}

/** The files that a new description changes, by path from the root of the project. */
export function inputFiles({ source }: Description, changes: readonly RowChange[], root: string): Map<string, string> {
  const [description = "", table = ""] = [DESCRIPTION, TABLE].map((path) => readFileSync(join(root, path), "utf8"));
  // The comment at the top of the file stays.
  const comment = /^(#.*\n)*/.exec(description)?.[0] ?? "";
  const value = orderLike(source.value, parseSource(description, DESCRIPTION).value);
  return new Map([
    [DESCRIPTION, comment + stringify(value, { lineWidth: 120, aliasDuplicateObjects: false })],
    [TABLE, editRows(table, changes)],
  ]);
}

/** Generates the client of new inputs without writing it, so that an error occurs before anything is changed. */
export function tryOut(files: Texts, { source }: Description, root: string, scratch: string): Promise<Made> {
  const known = new Map([
    [DESCRIPTION, { ...source, file: DESCRIPTION }],
    [TABLE, parseSource(files.get(TABLE) ?? "", TABLE)],
  ]);
  return makeOutputs(readInputs({}, root, root, known), root, scratch, { stage: async (_name, work) => work() });
}

const TIMEOUT_MS = 60_000;

/** The text of a description at a URL or in a file. */
export async function fetchText(from: string, cwd: string): Promise<string> {
  if (!/^https?:\/\//i.test(from)) return readText(resolve(cwd, from), from);
  let reason: string;
  try {
    const response = await fetch(from, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    // A truncated body causes an error here, because it is shorter than its declared length.
    if (response.ok) return await response.text();
    reason = `The server returned ${response.status}.`;
  } catch (error) {
    const { message, cause } = error as Error;
    reason = `It cannot be fetched whole: ${(cause instanceof Error && cause.message) || message}.`;
  }
  const fix = "check the address, or give a file that you have saved.";
  throw new InputProblem({ where: from, what: reason, fix });
}

/** The same values with their keys in the order of another document, so that a line-by-line comparison shows only changes. */
export function orderLike(value: unknown, model: unknown): unknown {
  if (Array.isArray(value)) {
    const models = Array.isArray(model) ? model : [];
    return value.map((item, index) =>
      orderLike(item, models.find((other) => isCounterpart(item, other)) ?? models[index]),
    );
  }
  if (!isObject(value)) return value;
  const known = isObject(model) ? model : {};
  const keys = new Set([...Object.keys(known), ...Object.keys(value)].filter((key) => Object.hasOwn(value, key)));
  return Object.fromEntries([...keys].map((key) => [key, orderLike(value[key], known[key])]));
}

/** Parameters and tags are identified by their names, at any place in their list. */
function isCounterpart(item: unknown, other: unknown): boolean {
  return (
    isObject(item) && isObject(other) && item.name !== undefined && item.name === other.name && item.in === other.in
  );
}

/** The changeset that puts the difference into the changelog of the next version. */
export function changeset(report: Report, description: unknown, packageName: string): { name: string; text: string } {
  const bump = changesetBump(report.version.current, report.impact ?? "patch");
  const digest = createHash("sha256").update(canonicalJson(description)).digest("hex").slice(0, 8);
  const text = `---\n"${packageName}": ${bump}\n---\n\nA new description of the API.\n\n${printMarkdown(report)}`;
  return { name: `.changeset/description-${digest}.md`, text };
}

const KNOWN_CHANGES = "packages/devtools/known-changes.json";

/** The files that bring the difference into the next release, if the project has them. */
export function releaseNotes(report: Report, { source }: Description, root: string): Map<string, string> {
  const { name, text } = changeset(report, source.value, readPackage(root).name);
  const notes = existsSync(join(root, ".changeset")) ? [[name, text] as const] : [];
  return new Map([...notes, ...knownChanges(report, root)]);
}

/** The file of renames in the devtools, with those of this difference added. `undefined` when there are none. */
function knownChanges({ entries, version }: Report, root: string): [path: string, text: string][] {
  const path = join(root, KNOWN_CHANGES);
  const found = entries.flatMap((entry) => knownChange(entry, version.next));
  if (found.length === 0 || !existsSync(path)) return [];
  const before = readJson<KnownChange[]>(path);
  const isKnown = (one: KnownChange) => before.some(({ from, to }) => from === one.from && to === one.to);
  return [[KNOWN_CHANGES, printJson([...before, ...found.filter((one) => !isKnown(one))])]];
}

function knownChange({ kind, subject, member, instead, isInsteadDocumented }: Entry, version: string): KnownChange[] {
  if (instead === undefined) return [];
  if (kind === "method-renamed" || kind === "type-renamed") return [{ version, from: subject, to: instead }];
  if (kind !== "member-gone") return [];
  const isGuess = isInsteadDocumented !== true;
  return [{ version, from: `${subject}.${member}`, to: instead, ...(isGuess && { isGuess }) }];
}
