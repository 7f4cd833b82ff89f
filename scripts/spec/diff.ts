import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { shortMessage } from "../../packages/devtools/src/impact/message.js";
import type { InputFiles } from "../generate/read.js";
import { defineCommand, refuseCall, runAsCommand } from "../lib/command.js";
import { readPackage } from "../lib/package.js";
import { runRedocly } from "../lib/run.js";
import { inScratch } from "../lib/scratch.js";
import { count } from "../lib/text.js";
import { askCompiler, type Verdicts } from "./compiler.js";
import { pairMembers, pairOwners, type RawChange, renamedSchemas } from "./differences.js";
import { descriptionEntries, memberEntries, typeEntries } from "./member-entries.js";
import { compareMethod, compareStatuses, compareTypes, listUnpaired, type Pair, pairOperations } from "./operations.js";
import { type Comparison, type Entry, IMPACTS, type Impact, methodEntry, printers, type Report } from "./report.js";
import { authenticationEntries, compareRequests, compareServers } from "./requests.js";
import { type Description, makeSide, readDescription, type Side } from "./side.js";

const call = "npm run spec:diff --";

const about = "Prints what changes for users of the client between two descriptions, and which version that asks for.";
const names = { form: "OLD NEW", advice: "Give two descriptions, the older one first." };
const options = {
  format: { type: "string", value: "text|markdown|json", default: "text", help: "default: text" },
} as const;

/** Shows the differences between two descriptions for users of the client. */
export const specDiff = defineCommand(
  { call, about, options, names },
  async ({ format }, [before = "", after = ""], world) => {
    const print = printers.get(format) ?? refuseCall(call, `There is no format "${format}".`);
    const { report } = await reportOn({ spec: before }, { spec: after }, world.root, world.cwd);
    world.stdout.write(print(report));
    return 0;
  },
);

/** A report, with both sides for further checks. */
export type Compared = Awaited<ReturnType<typeof compareDescriptions>>;

/** Compares the descriptions of two sets of input files. */
export async function reportOn(before: InputFiles, after: InputFiles, root: string, cwd: string): Promise<Compared> {
  const older = await readDescription(before, root, cwd);
  const newer = await readDescription(after, root, cwd);
  return compareDescriptions(older, newer, root);
}

/** Compares two descriptions that were already read. */
export async function compareDescriptions(older: Description, newer: Description, root: string) {
  const [raw, before, after] = await Promise.all([
    // This is a separate process, so it runs while the two clients are generated.
    rawChanges(older.document, newer.document),
    makeSide(older, newer, "later"),
    makeSide(newer, older),
  ]);
  const comparison = compareSides(root, before, after, raw);
  const { version } = readPackage(root);
  const report: Report = {
    from: older.source.file,
    to: newer.source.file,
    version: { current: version, next: comparison.impact ? nextVersion(version, comparison.impact) : version },
    ...comparison,
    rawChanges: raw.length,
    rows: after.rowChanges.map(({ text }) => text),
  };
  return { report, before, after };
}

/** Compares two documents with `redocly diff`. */
export function rawChanges(before: unknown, after: unknown): Promise<RawChange[]> {
  return inScratch(async (folder) => {
    writeFileSync(join(folder, "before.json"), JSON.stringify(before));
    writeFileSync(join(folder, "after.json"), JSON.stringify(after));
    const args = ["diff", "before.json", "after.json", "--fail-on=none"];
    return (await runRedocly<{ changes: RawChange[] }>(args, folder)).changes;
  });
}

/** Builds the report. `raw` has the places where the documents differ, the two sides show the meaning for users, and the compiler shows the breaks. */
export function compareSides(
  root: string,
  before: Side,
  after: Side,
  raw: readonly RawChange[],
  ask: typeof askCompiler = askCompiler,
): Comparison {
  const pairs = pairOperations(before, after);
  const operations = new Map(pairs.map((pair) => [pair.before.id, pair.after.id]));
  const renames = { schemas: renamedSchemas(raw), operations };
  const owners = pairOwners(before, after, renames);
  const members = owners.pairs.flatMap((pair) => pairMembers(pair, before, after, renames));
  const verdicts = ask(root, before, after, pairs, members);
  const found = [
    ...listUnpaired(before, after, pairs),
    ...pairs.flatMap((pair) => {
      const { name } = pair.after.descriptor;
      const types = compareTypes(pair, owners.pairs, verdicts.whyBroken(pair) !== undefined);
      return [...compareMethod(pair), ...compareRequests(pair), ...types].map((news) => methodEntry(name, news));
    }),
    ...compareServers(before.document, after.document),
    ...compareStatuses(pairs),
    ...members.flatMap((member) => memberEntries(member, verdicts.ofMember(member))),
    ...typeEntries(owners.pairs, owners.gone, after),
    ...descriptionEntries(members, pairs),
    ...authenticationEntries(raw),
  ];
  const all = [...found, ...unexplained(verdicts, found, pairs)];
  const reported = all.length > 0 ? all : invisibleChanges(raw);
  const entries = IMPACTS.flatMap((impact) => reported.filter((entry) => entry.impact === impact));
  return { entries, ...(entries[0] && { impact: entries[0].impact }) };
}

/** A method whose older call does not compile is always reported, whatever the comparison has found. */
function unexplained({ whyBroken }: Verdicts, entries: readonly Entry[], pairs: readonly Pair[]): Entry[] {
  const explained = new Set(entries.filter(({ impact }) => impact === "major").flatMap(({ methods }) => methods));
  return pairs.flatMap((pair) => {
    const { name } = pair.after.descriptor;
    const reason = whyBroken(pair);
    if (reason === undefined || explained.has(name)) return [];
    return [methodEntry(name, ["old-call", "major", `an older call does not compile: ${shortMessage(reason)}`])];
  });
}

/** The entry for differences in the generated files that do not affect users of the client. */
function invisibleChanges(raw: readonly RawChange[]): Entry[] {
  if (raw.length === 0) return [];
  const clause = `${count(raw.length, "change")} that no user of the client meets`;
  return [{ kind: "other", impact: "patch", subject: "the description", clause, methods: [] }];
}

/** The bump of the version number that a change requires by semantic versioning. */
export function nextVersion(current: string, impact: Impact): string {
  const [major = 0, minor = 0, patch = 0] = current.split(/[.+-]/).map(Number);
  const next = { major: [major + 1, 0, 0], minor: [major, minor + 1, 0], patch: [major, minor, patch + 1] };
  return next[changesetBump(current, impact)].join(".");
}

/** The part of the version that is raised. Before 1.0.0, the middle number marks a breaking change, because `^0.1.0` includes 0.1.1 but not 0.2.0. */
export function changesetBump(current: string, impact: Impact): Impact {
  if (!current.startsWith("0.")) return impact;
  return impact === "major" ? "minor" : "patch";
}

await runAsCommand(import.meta.url, specDiff);
