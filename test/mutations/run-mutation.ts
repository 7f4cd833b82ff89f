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

/** The outcome of a mutation. */
export interface Outcome {
  /** The message when generation was refused. */
  readonly refusal?: string;
  readonly comparison?: Comparison;
  /** The notices of generation. */
  readonly notices: readonly string[];
  /** Compiler errors in the generated code. */
  readonly errors: readonly string[];
  /** Methods that have changed although no entry names them. */
  readonly disturbed: readonly string[];
  /** Violations that the mock server of the new description finds in the new client's requests, and failures of the client on its responses. */
  readonly faults: readonly string[];
}

/**
 * Starts a mutation. Redocly's part runs in the background until the returned function is called. `isCalled` states whether to also lint
 * the new description and let the new client make calls.
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

/** The original side is the same for every mutation, so it is cached. All of its rows are reviewed. */
function sideOf(base: Base, description: Description): Promise<Side> {
  const side = sides.get(base) ?? makeSide(description, description);
  sides.set(base, side);
  return side;
}

/** The outcome of a refusal. Any other error is a defect. */
function refusal(error: unknown): Outcome {
  if (!(error instanceof InputProblem)) throw error;
  return { refusal: error.message, notices: [], errors: [], disturbed: [], faults: [] };
}

/** Lints a description as `npm run generate` does. */
function lintAlone({ document }: Description): Promise<LintProblem[]> {
  return inScratch((folder) => lint(document, ROOT, ROOT, folder));
}

/** Reads a description as `npm run generate` does. */
function describe({ source, overlay, table }: Base, value: unknown): Description {
  const own = { ...source, value };
  refuseNonOpenApi(own);
  const { document } = applyOverlay(value, overlay);
  refuseContradictions(document, own, ROOT);
  return { document, source: own, table };
}

/** With the original rows, generation must either succeed or stop with a message. Any other error is a defect. */
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

/** The methods whose descriptor, type names or parameters have changed although nothing about them is reported. */
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
