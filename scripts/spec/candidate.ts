import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import type { KnownChange } from "../../packages/devtools/src/impact/known-changes.js";
import { refuseNonOpenApi } from "../generate/check.js";
import { listOperations, type RawOperation } from "../generate/operations.js";
import { readInputs } from "../generate/read.js";
import { type Made, makeOutputs } from "../generate.js";
import { canonicalJson, isObject, printJson, readJson } from "../lib/json.js";
import { readPackage } from "../lib/package.js";
import { InputProblem } from "../lib/problem.js";
import { parseSource, type Source } from "../lib/source.js";
import { changesetBump } from "./compare.js";
import { type Entry, printMarkdown, type Report } from "./report.js";
import { editRows, fitTable, matchOperations } from "./sdk-table.js";
import { type Description, readDescription } from "./side.js";

const DESCRIPTION = "openapi/sfc-preview.yaml";
const TABLE = "openapi/sdk.yaml";

/** A description that could take the place of the present one. */
export interface Candidate {
  /** The present description and the new one, as they are compared. */
  readonly older: Description;
  readonly newer: Description;
  /** What the new one is kept in: text by path from the root of the project. */
  readonly files: ReadonlyMap<string, string>;
}

/** Reads a new description. Stops, with nothing touched, when it cannot take the place of the present one. */
export async function readCandidate(text: string, name: string, root: string): Promise<Candidate> {
  const currentText = readFileSync(join(root, DESCRIPTION), "utf8");
  const current = parseSource(currentText, DESCRIPTION);
  const next = parseSource(text, name);
  refuseNonOpenApi(next);
  refuseShrunken(current.value, next);

  // Each as if it stood in the project; parsed once, because that is a good part of the work.
  const read = (source: Source) => readDescription({}, root, root, new Map([[DESCRIPTION, source]]));
  const older = await read(current);
  const newer = await read(next);
  const { changes } = fitTable(operationsIn(newer.document), newer.table, operationsIn(older.document));
  const files = new Map([
    [DESCRIPTION, descriptionText(next.value, current.value, currentText)],
    [TABLE, editRows(readFileSync(join(root, TABLE), "utf8"), changes)],
  ]);
  return { older, newer, files };
}

function operationsIn(document: unknown): RawOperation[] {
  return listOperations(document).operations;
}

/** Makes the client of the candidate without writing it: whatever stops that, stops it before anything is touched. */
export async function tryOut({ newer, files }: Candidate, root: string, scratch: string): Promise<Made> {
  const known = new Map([
    [DESCRIPTION, { ...newer.source, file: DESCRIPTION }],
    [TABLE, parseSource(files.get(TABLE) ?? "", TABLE)],
  ]);
  try {
    const inputs = readInputs({}, root, root, known);
    return await makeOutputs(inputs, root, scratch, { stage: async (_name, work) => work() });
  } catch (error) {
    if (!(error instanceof InputProblem)) throw error;
    throw new InputProblem({
      where: "The new description",
      what: `No client can be generated from it:\n${error.message}`,
      fix: "report it to the vendor, or save the description, correct it, and give the file.",
    });
  }
}

const TIMEOUT_MS = 60_000;

/** The text of a description at a web address or in a file. */
export async function fetchText(from: string, cwd: string): Promise<string> {
  const isUrl = /^https?:\/\//i.test(from);
  let reason = "There is no such file, or it cannot be read.";
  try {
    if (!isUrl) return readFileSync(resolve(cwd, from), "utf8");
    const response = await fetch(from, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    // A body that ends early raises here, by its declared length.
    if (response.ok) return await response.text();
    reason = `The server returned ${response.status}.`;
  } catch (error) {
    const { message, cause } = error as Error;
    if (isUrl) reason = `It cannot be fetched whole: ${(cause instanceof Error && cause.message) || message}.`;
  }
  const fix = "check the address, or give a file that you have saved.";
  throw new InputProblem({ where: from, what: reason, fix });
}

/** Stops at a document that has lost most of the API: it is a part, another API, or cut short. */
function refuseShrunken(current: unknown, next: Source): void {
  const before = operationsIn(current);
  const kept = matchOperations(before, operationsIn(next.value)).size;
  if (kept * 2 >= before.length) return;
  throw new InputProblem({
    where: next.file,
    what: `Of ${before.length} operations only ${kept} are left: more than half are gone.`,
    fix: "check that it is the whole description; to take it all the same, put it into openapi/sfc-preview.yaml by hand.",
  });
}

/** The description as `openapi/sfc-preview.yaml` holds it: the comment at the top of the file stays. */
function descriptionText(value: unknown, current: unknown, currentText: string): string {
  const comment = /^(#.*\n)*/.exec(currentText)?.[0] ?? "";
  return comment + stringify(orderLike(value, current), { lineWidth: 120, aliasDuplicateObjects: false });
}

/** The same values with their keys in the order of another document, so that a comparison by lines shows changes only. */
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

/** Parameters and tags are known by their names, wherever they stand in their list. */
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

/** The files that carry the difference into the next release, where the project keeps them. */
export function releaseNotes(report: Report, { source }: Description, root: string): Map<string, string> {
  const { name, text } = changeset(report, source.value, readPackage(root).name);
  const keepsChangesets = existsSync(join(root, ".changeset"));
  return new Map([...(keepsChangesets ? [[name, text] as const] : []), ...knownChanges(report, root)]);
}

/** The file that ships with the devtools, with the renames of this difference added; nothing when there are none. */
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
