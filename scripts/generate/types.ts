import { objectAt, textAt } from "../lib/json.js";
import { deref, property, schemaName } from "../lib/openapi.js";
import type { Fault } from "../lib/problem.js";
import { firstSentence, harmless } from "../lib/text.js";
import { isTakenTypeName, operationTypeName, typeNameByRule } from "./names.js";
import { type Answer, answers, isSuccess, type Payload, type RawOperation, whyUnsendable } from "./operations.js";
import type { OperationRow } from "./sdk-table.js";

/** The names that lead to a type in `schema.ts`. */
export type Place = readonly (string | number)[];

/** A named export of `types.ts`. */
export interface TypeAlias {
  readonly name: string;
  /** The type it stands for, as TypeScript. */
  readonly expression: string;
  /** Where `schema.ts` has the type, when it is one type there: `components`, `schemas`, `Order`. */
  readonly place?: Place;
  readonly doc: string;
  readonly isDeprecated: boolean;
}

/** The aliases made so far; each name has one owner. */
export class TypeTable {
  readonly #aliases = new Map<string, TypeAlias & { owner: string; schema?: string }>();
  readonly #bySchema = new Map<string, string>();
  readonly faults: Fault[] = [];

  constructor(
    readonly document: unknown,
    readonly sdkFile: string,
    readonly exceptions: ReadonlyMap<string, string>,
    readonly classNames: ReadonlySet<string>,
  ) {}

  get aliases(): TypeAlias[] {
    return [...this.#aliases.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The alias of a named schema. */
  schema(schema: string): string {
    return this.#bySchema.get(schema) ?? schema;
  }

  addSchema(schema: string, isErrorAnswer: boolean): void {
    const exception = this.exceptions.get(schema);
    const byRule = typeNameByRule(schema, isErrorAnswer);
    const name = exception ?? (this.classNames.has(byRule) ? `${byRule}Model` : byRule);
    const node = objectAt(objectAt(objectAt(this.document, "components"), "schemas"), schema);
    this.#bySchema.set(schema, name);
    const place = ["components", "schemas", schema];
    this.#add({
      name,
      expression: access(place),
      place,
      doc: harmless(firstSentence(textAt(node, "description") ?? textAt(node, "title") ?? "")),
      isDeprecated: node.deprecated === true,
      owner: `schema "${schema}"`,
      schema,
    });
  }

  /** An alias for a type that only one operation has. Returns its name. */
  addOperationType(name: string, expression: string, doc: string, place?: Place): string {
    const owner = `the generated type of ${expression}`;
    this.#add({ name, expression, doc, isDeprecated: false, owner, ...(place && { place }) });
    return name;
  }

  #add(alias: TypeAlias & { owner: string; schema?: string }): void {
    const other = this.#aliases.get(alias.name);
    const schema = alias.schema ?? other?.schema;
    if (other !== undefined) this.#clash(alias.name, `${other.owner} and ${alias.owner} both get it`, schema);
    else if (isTakenTypeName(alias.name) || this.classNames.has(alias.name)) {
      this.#clash(alias.name, `${alias.owner} gets it, but it is a global, or a name of the client`, schema);
    } else this.#aliases.set(alias.name, alias);
  }

  #clash(name: string, reason: string, schema: string | undefined): void {
    const row = schema === undefined ? "" : `, for example \`${JSON.stringify(schema)}: SomeOther${name}\``;
    this.faults.push({
      where: this.sdkFile,
      what: `The type name "${name}" is not free: ${reason}.`,
      fix: `add a row under \`types:\` in ${this.sdkFile}${row}.`,
    });
  }
}

/** `operations["list_orders"]["parameters"]`. */
function access([first, ...steps]: Place): string {
  return `${first}${steps.map((step) => `[${JSON.stringify(step)}]`).join("")}`;
}

interface Context {
  readonly document: unknown;
  readonly types: TypeTable;
}

/** The type of the query parameters; absent when there are none. */
export function queryType(
  context: Context,
  operation: RawOperation,
  row: OperationRow,
): { readonly type: string; readonly required: boolean } | undefined {
  const parameters = operation.parameters.filter(
    (parameter) => parameter.in === "query" && whyUnsendable(context.document, parameter) === undefined,
  );
  if (parameters.length === 0) return undefined;
  const name = operationTypeName(row.resource, row.method, "Query");
  const place = ["operations", operation.id, "parameters", "query"];
  const doc = `Query parameters of \`${row.resource}.${row.method}\`.`;
  return {
    type: context.types.addOperationType(name, `NonNullable<${access(place)}>`, doc, place),
    required: parameters.some((parameter) => parameter.required === true),
  };
}

/** The type of the JSON body. */
export function bodyType(context: Context, operation: RawOperation, row: OperationRow, body: Payload): string {
  if (body.name !== undefined) return context.types.schema(body.name);
  const place = ["operations", operation.id, ...body.typePath];
  const [carrier, content] = [place.slice(0, 3), body.typePath.slice(1)];
  const expression = `NonNullable<${access(carrier)}>${access(["", ...content])}`;
  const doc = `Request body of \`${row.resource}.${row.method}\`.`;
  return context.types.addOperationType(operationTypeName(row.resource, row.method, "Body"), expression, doc, place);
}

/** One type for all successful answers; `undefined` when none has a body. */
export function answerType(
  context: Context,
  operation: RawOperation,
  row: OperationRow,
  successes: readonly Answer[],
): string | undefined {
  const withBody = successes.filter((success) => success.payload !== undefined);
  const named = withBody.flatMap((success) => success.payload?.name ?? []);
  const [only] = named;
  if (withBody.length === 0) return undefined;
  if (only !== undefined && new Set(named).size === 1 && named.length === successes.length) {
    return context.types.schema(only);
  }
  const places = successes.map(({ payload }) => payload && ["operations", operation.id, ...payload.typePath]);
  const types = new Set(places.map((place) => (place === undefined ? "undefined" : access(place))));
  const doc = `Response of \`${row.resource}.${row.method}\`.`;
  const name = operationTypeName(row.resource, row.method, "Result");
  return context.types.addOperationType(name, [...types].join(" | "), doc, places.length === 1 ? places[0] : undefined);
}

/** The type of one row, for lists that are walked page by page. */
export function itemType(
  context: Context,
  operation: RawOperation,
  row: OperationRow,
  answer: string,
): string | undefined {
  if (row.paging === undefined || row.paging === "seqnum") return undefined;
  const success = answers(context.document, operation).find(isSuccess);
  const data = deref(context.document, property(context.document, success?.payload?.schema, "data"));
  const named = schemaName(data.items);
  if (named !== undefined) return context.types.schema(named);
  const doc = `One item of the list that \`${row.resource}.${row.method}\` returns.`;
  const name = operationTypeName(row.resource, row.method, "Item");
  return context.types.addOperationType(name, `NonNullable<${answer}["data"]>[number]`, doc);
}
