import { judgeLint, type LintProblem, lint, refuseContradictions } from "../../scripts/generate/check.js";
import { buildModel } from "../../scripts/generate/model.js";
import { applyOverlay } from "../../scripts/generate/overlay.js";
import { refuseNonOpenApi } from "../../scripts/generate/read.js";
import { InputProblem } from "../../scripts/lib/problem.js";
import { inScratch } from "../../scripts/lib/scratch.js";
import { askCompiler, shadow } from "../../scripts/spec/compiler.js";
import { compareSides, rawChanges } from "../../scripts/spec/diff.js";
import type { RawChange } from "../../scripts/spec/differences.js";
import type { Comparison } from "../../scripts/spec/report.js";
import { type Description, makeSide, type Side } from "../../scripts/spec/side.js";
import { listErrors } from "../support/list-errors.js";
import { type Base, ROOT } from "./base.js";
import { checkContract } from "./check-contract.js";
import { Draft, type Mutation } from "./mutation.js";

/** What came of a mutation. */
export interface Outcome {
  /** The message, when nothing could be generated. */
  readonly refusal?: string;
  readonly comparison?: Comparison;
  /** What generation notes. */
  readonly notices: readonly string[];
  /** Errors of the compiler in the generated code. */
  readonly errors: readonly string[];
  /** Methods that no entry names, and that are not as they were. */
  readonly disturbed: readonly string[];
  /** What the mock server of the new description finds wrong with the new client, and the client with its responses. */
  readonly faults: readonly string[];
}

/**
 * Begins a mutation: what Redocly has to do runs by itself until the rest is asked for. `isCalled` says whether the new description
 * is to be linted and the new client to make calls too.
 */
export function beginMutation(base: Base, { change }: Mutation, isCalled: boolean): () => Promise<Outcome> {
  const draft = new Draft(structuredClone(base.description));
  change(draft);
  try {
    const older = describe(base, base.description);
    const newer = describe(base, draft.document);
    refuseBrokenRules(newer);
    const diffing = rawChanges(older.document, newer.document);
    const linting = isCalled ? lintAlone(newer) : undefined;
    const settled = Promise.allSettled([diffing, linting]);
    return () =>
      finishMutation(base, older, newer, diffing, linting)
        .catch(refusal)
        .finally(() => settled);
  } catch (error) {
    return () => Promise.resolve(refusal(error));
  }
}

async function finishMutation(
  base: Base,
  older: Description,
  newer: Description,
  diffing: Promise<RawChange[]>,
  linting: Promise<LintProblem[]> | undefined,
): Promise<Outcome> {
  if (linting !== undefined) judgeLint(await linting, newer.source);
  const before = await sideOf(base, older);
  const after = await makeSide(newer, older);
  let errors: string[] = [];
  const comparison = compareSides(ROOT, before, after, await diffing, (...question) => {
    const verdicts = askCompiler(...question);
    errors = listErrors(verdicts.program, shadow(ROOT, "after", after.code).keys());
    return verdicts;
  });
  const changed = changedMethods(comparison);
  return {
    comparison,
    notices: after.model.notices,
    errors,
    disturbed: disturbed(before, after, changed),
    faults: linting === undefined ? [] : await checkContract(before, after, changed),
  };
}

const sides = new WeakMap<Base, Promise<Side>>();

/** The same for every mutation: all its rows are its own. */
function sideOf(base: Base, description: Description): Promise<Side> {
  const side = sides.get(base) ?? makeSide(description, description);
  sides.set(base, side);
  return side;
}

/** The message of a refusal; anything else that is thrown is a fault. */
function refusal(error: unknown): Outcome {
  if (!(error instanceof InputProblem)) throw error;
  return { refusal: error.message, notices: [], errors: [], disturbed: [], faults: [] };
}

/** As `npm run generate` lints a description. */
function lintAlone({ document }: Description): Promise<LintProblem[]> {
  return inScratch((folder) => lint(document, ROOT, ROOT, folder));
}

/** As `npm run generate` reads a description. */
function describe({ source, overlay, table }: Base, value: unknown): Description {
  const own = { ...source, value };
  refuseNonOpenApi(own);
  const { document } = applyOverlay(value, overlay);
  refuseContradictions(document, own, ROOT);
  return { document, source: own, table };
}

/** With the rows as they are, generation works or stops with a message of its own; nothing else may be thrown. */
function refuseBrokenRules({ document, source, table }: Description): void {
  try {
    buildModel(document, source, table);
  } catch (error) {
    if (!(error instanceof InputProblem) || error.message.trim() === "") throw error;
  }
}

function changedMethods({ entries }: Comparison): ReadonlySet<string> {
  return new Set(entries.flatMap(({ methods }) => methods));
}

/** Descriptor, types' names and parameters of a method about which nothing is reported must be as before. */
function disturbed(before: Side, after: Side, reported: ReadonlySet<string>): string[] {
  const later = new Map(after.model.operations.map((operation) => [operation.descriptor.name, operation]));
  return before.model.operations
    .filter(({ descriptor }) => !reported.has(descriptor.name))
    .flatMap((operation) => {
      const { name } = operation.descriptor;
      const [was, is] = [operation, later.get(name) ?? operation].map(
        ({ raw: _, description: __, errors: ___, ...rest }) => JSON.stringify(rest),
      );
      return was === is && later.has(name) ? [] : [name];
    });
}
