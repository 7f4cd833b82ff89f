import { afterEach, expect, it, vi } from "vitest";
import type { OperationModel } from "../../scripts/generate/operation-model.js";
import { expectOutcome } from "./expect-outcome.js";
import { mutations } from "./kinds/index.js";

/** A rule of the pipeline, the mutation that tests it, and the failure of that mutation without the rule. */
interface Rule {
  readonly rule: string;
  readonly module: string;
  readonly without: (original: Exports) => Exports;
  readonly mutation: string;
  readonly fails: RegExp;
}

// biome-ignore lint/suspicious/noExplicitAny: the exports of any module
type Exports = Record<string, any>;

const TEXTS = /to deeply equal/;

const rules: Rule[] = [
  {
    rule: "the successor of a removed member is determined",
    module: "../../scripts/spec/member-successor.js",
    without: () => ({ successor: () => undefined }),
    mutation: "a property of a response is renamed",
    fails: TEXTS,
  },
  {
    rule: "operations are also matched by method and path",
    module: "../../scripts/spec/sdk-table.js",
    without: () => ({ matchOperations: sameIds }),
    mutation: "an operation gets another operationId",
    fails: TEXTS,
  },
  {
    rule: "renamed schemas are recognized",
    module: "../../scripts/spec/differences.js",
    without: () => ({ renamedSchemas: () => new Map() }),
    mutation: "a schema is renamed, and its type with it",
    fails: TEXTS,
  },
  {
    rule: "the key header decides the retry class",
    module: "../../scripts/generate/rules.js",
    without: ({ rowByRule }) => ({
      rowByRule: (...values: unknown[]) => ({ ...rowByRule(...values), retry: "unsafe" }),
    }),
    mutation: "the key header is added",
    fails: /to be undefined/,
  },
  {
    rule: "cursors decide the paging of a list",
    module: "../../scripts/generate/rules.js",
    without: ({ rowByRule }) => ({
      rowByRule: (...values: unknown[]) => ({ ...rowByRule(...values), paging: undefined }),
    }),
    mutation: "cursor parameters are added",
    fails: TEXTS,
  },
  {
    rule: "a PATCH without a row is not repeated",
    module: "../../scripts/generate/rules.js",
    without: ({ rowByRule }) => ({
      rowByRule: (...values: unknown[]) => ({ ...rowByRule(...values), retry: "absolute" }),
    }),
    mutation: "a PATCH that adds is added",
    fails: /StringMatching/,
  },
  {
    rule: "a list with any sign of paging is not complete",
    module: "../../scripts/generate/rules.js",
    without: () => ({ pageSigns: () => ({ all: [], certain: [] }) }),
    mutation: "a list in one response gets pages of another style",
    fails: /StringMatching/,
  },
  {
    rule: "query parameters that the client does not support are omitted",
    module: "../../scripts/generate/operations.js",
    without: ({ whyUnsendable: _, ...rest }) => ({
      ...rest,
      whyUnsendable: () => undefined,
      whyLeftOut: () => undefined,
    }),
    mutation: "a query requires a parameter that cannot be sent",
    fails: /StringMatching/,
  },
  {
    rule: "a schema that includes itself is found before the linter fails on it",
    module: "../../scripts/generate/references.js",
    without: () => ({ findSelfInclusions: () => [] }),
    mutation: "references form a cycle",
    fails: /./,
  },
  {
    rule: "short forms are expanded",
    module: "../../scripts/generate/references.js",
    without: () => ({ writeLongForms: () => undefined }),
    mutation: "a schema is added that takes any value",
    fails: /to be undefined/,
  },
  {
    rule: "error responses are compared",
    module: "../../scripts/spec/operations.js",
    without: () => ({ compareStatuses: () => [] }),
    mutation: "an error status is removed",
    fails: TEXTS,
  },
  {
    rule: "limits of values are compared",
    module: "../../scripts/spec/members.js",
    without: () => ({ limitNews: () => undefined }),
    mutation: "limits of a property change",
    fails: TEXTS,
  },
  {
    rule: "whole bodies are compared",
    module: "../../scripts/spec/operations.js",
    without: () => ({ compareTypes: () => [] }),
    mutation: "an operation returns another type",
    fails: TEXTS,
  },
  {
    rule: "a new way to authenticate is reported",
    module: "../../scripts/spec/requests.js",
    without: () => ({ authenticationEntries: () => [] }),
    mutation: "another way to authenticate is described",
    fails: TEXTS,
  },
  {
    rule: "a new server URL is reported",
    module: "../../scripts/spec/requests.js",
    without: () => ({ compareServers: () => [] }),
    mutation: "the server URL changes",
    fails: TEXTS,
  },
  {
    rule: "the overlay corrects the vendor's description",
    module: "../../scripts/generate/overlay.js",
    without: () => ({ applyOverlay: (document: unknown) => ({ document, notices: [] }) }),
    mutation: "a discriminator maps to schemas that do not exist",
    fails: /to be undefined/,
  },
  {
    rule: "inconsistent descriptions are refused",
    module: "../../scripts/generate/check.js",
    without: () => ({ refuseContradictions: () => undefined }),
    mutation: "an operationId is used twice",
    fails: /to match \/operationId/,
  },
  {
    rule: "no method gets the name of a member of every object",
    module: "../../scripts/generate/names.js",
    without: () => ({ memberName: (name: string) => name }),
    mutation: "operations have unusual names",
    fails: /./,
  },
  {
    rule: "no text can end its comment",
    module: "../../scripts/lib/text.js",
    without: () => ({ comment: (paragraphs: string[]) => `/** ${paragraphs.join("\n")} */\n` }),
    mutation: "a description tries to end its comment",
    fails: /Build failed/,
  },
  {
    rule: "the client knows which operations have no response body",
    module: "../../scripts/generate/operation-model.js",
    without: ({ buildOperation }) => ({
      buildOperation(...values: unknown[]) {
        const model: OperationModel = buildOperation(...values);
        const { empty: _, ...descriptor } = model.descriptor;
        return { ...model, descriptor };
      },
    }),
    mutation: "success loses its body",
    fails: /what fails on the mock server of the new description/,
  },
];

function sameIds(from: readonly { id: string }[], to: readonly { id: string }[]): Map<string, string> {
  const ids = new Set(to.map(({ id }) => id));
  return new Map(from.filter(({ id }) => ids.has(id)).map(({ id }) => [id, id]));
}

const TIME = 120_000;

afterEach(() => {
  vi.resetModules();
});

/** Runs a mutation on a pipeline in which one module may be replaced. */
async function run(name: string, rule?: Rule): Promise<void> {
  vi.resetModules();
  if (rule !== undefined) {
    vi.doMock(rule.module, async (original) => {
      const exports = (await original()) as Exports;
      return { ...exports, ...rule.without(exports) };
    });
  }
  try {
    const { readBase } = await import("./base.js");
    const { beginMutation } = await import("./run-mutation.js");
    const mutation = mutations.find((one) => one.name === name);
    if (mutation === undefined) throw new Error(`There is no mutation "${name}".`);
    expectOutcome(mutation, await beginMutation(readBase(true), mutation, true)());
  } finally {
    if (rule !== undefined) vi.doUnmock(rule.module);
  }
}

it("nothing fails while all rules are in place", () => run("success loses its body"), TIME);

it.each(rules)(
  "fails without: $rule",
  async (rule) => {
    await expect(run(rule.mutation, rule)).rejects.toThrow(rule.fails);
  },
  TIME,
);
