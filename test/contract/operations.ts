/** The table of contract tests, read off the bundled description: an operation that is not in it cannot exist. */
import { readFileSync } from "node:fs";
import * as descriptors from "../../src/generated/operations.js";
import type { Operation } from "../../src/operation.js";

interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  required?: boolean;
  example: unknown;
}

interface Media {
  schema: object;
  examples?: Record<string, { $ref: string } | { value: unknown }>;
}

interface Answer {
  content?: { "application/json": Media };
}

interface DescribedOperation {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { content: { "application/json": Media } };
  responses: Record<string, Answer>;
}

interface Description {
  paths: Record<string, Record<string, DescribedOperation>>;
  components: { examples: Record<string, { value: unknown }>; schemas: Record<string, ErrorSchema> };
}

interface ErrorSchema {
  properties?: { error?: { properties?: { type?: { const?: string } } } };
}

const description = JSON.parse(
  readFileSync(new URL("../../openapi/bundled.json", import.meta.url), "utf8"),
) as Description;

/** What a method is called with, before its options: path parameters, then the body or the query. */
export type CallExample = readonly unknown[];

/** One operation with everything that a test of it needs. */
export interface ContractCase {
  readonly operation: Operation;
  /** Called with what is required only; one for each example of the body. */
  readonly required: Record<string, CallExample>;
  /** Called with everything that is optional too; one direction of paging in each. */
  readonly complete: Record<string, CallExample>;
  readonly success: { readonly status: number; readonly examples: Record<string, unknown> };
  readonly errors: readonly { readonly status: number; readonly type: string | undefined }[];
}

export const contractCases: ContractCase[] = Object.values(description.paths).flatMap((item) =>
  Object.values(item).map(contractCase),
);

function contractCase(described: DescribedOperation): ContractCase {
  const operation = (descriptors as Record<string, Operation>)[described.operationId];
  if (operation === undefined) throw new Error(`${described.operationId} has no descriptor`);
  const bodies = examplesOf(described.requestBody?.content["application/json"]);
  const [success] = Object.entries(described.responses).filter(([status]) => status.startsWith("2"));
  if (success === undefined) throw new Error(`${described.operationId} declares no success`);
  return {
    operation,
    required: withBodies(bodies, described, ({ required }) => required === true),
    complete: Object.assign(
      {},
      ...directions(described).map(([direction, other]) =>
        prefixed(
          direction,
          withBodies(bodies, described, ({ name }) => name !== other),
        ),
      ),
    ) as Record<string, CallExample>,
    success: { status: Number(success[0]), examples: examplesOf(success[1].content?.["application/json"]) },
    errors: Object.entries(described.responses)
      .filter(([status]) => !status.startsWith("2"))
      .map(([status, answer]) => ({ status: Number(status), type: errorType(answer) })),
  };
}

/** A list is read in one direction: both cursors at once are refused by the client. */
function directions({ parameters = [] }: DescribedOperation): [string, string][] {
  const both = ["starting_after", "ending_before"].every((cursor) => parameters.some(({ name }) => name === cursor));
  return both
    ? [
        ["forward", "ending_before"],
        ["backward", "starting_after"],
      ]
    : [["complete", ""]];
}

function prefixed<T>(prefix: string, record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [`${prefix} ${name}`.trim(), value]));
}

/** The arguments of a call for each example of its body, or once where it has none. */
function withBodies(
  bodies: Record<string, unknown>,
  { parameters = [] }: DescribedOperation,
  wanted: (parameter: Parameter) => boolean,
): Record<string, CallExample> {
  const path = parameters.filter((parameter) => parameter.in === "path").map(({ example }) => example);
  const queries = parameters.filter((parameter) => parameter.in === "query");
  const query = Object.fromEntries(queries.filter(wanted).map(({ name, example }) => [name, example]));
  const entries = Object.entries(bodies);
  if (entries.length === 0) return { "": queries.length > 0 ? [...path, query] : path };
  return Object.fromEntries(entries.map(([name, body]) => [name, [...path, body]]));
}

function examplesOf(media: Media | undefined): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(media?.examples ?? {}).map(([name, example]) => [name, exampleValue(example)]),
  );
}

function exampleValue(example: { $ref: string } | { value: unknown }): unknown {
  if ("value" in example) return example.value;
  return description.components.examples[example.$ref.slice("#/components/examples/".length)]?.value;
}

/** The literal `error.type` that the schema of an error promises; some errors declare no body. */
function errorType({ content }: Answer): string | undefined {
  const { $ref } = (content?.["application/json"].schema ?? {}) as { $ref?: string };
  const schema = description.components.schemas[$ref?.slice("#/components/schemas/".length) ?? ""];
  return schema?.properties?.error?.properties?.type?.const;
}
