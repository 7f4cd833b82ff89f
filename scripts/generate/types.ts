import { objectAt, textAt } from "../lib/json.js";
import { schemaName } from "../lib/openapi.js";
import type { Fault } from "../lib/problem.js";
import { comment, firstSentence, harmless } from "../lib/text.js";
import { freeTypeName, operationTypeName, typeNameByRule } from "./names.js";
import { isSuccess, type Payload, whyUnsendable } from "./operations.js";
import { type Assigned, fullName } from "./rows.js";
import { rowsSchema } from "./rules.js";
import type { SdkTable } from "./sdk-table.js";

/** The path of names to a type in `schema.ts`. */
export type Place = readonly (string | number)[];

/** A named export of `types.ts`. */
export interface TypeAlias {
  readonly name: string;
  /** The type behind the name, in TypeScript syntax. */
  readonly expression: string;
  /** The path of the type in `schema.ts`, when it is a single type there: `components`, `schemas`, `Order`. */
  readonly place?: Place | undefined;
  /** The docstring of its declaration. */
  readonly docs: string;
}

/** The aliases so far. Each name has one owner. */
export class TypeTable {
  readonly #aliases = new Map<string, TypeAlias & { owner: string; schema?: string }>();
  readonly #bySchema = new Map<string, string>();
  /** The reasons why types cannot be generated. */
  readonly faults: Fault[] = [];

  constructor(
    readonly document: unknown,
    readonly table: SdkTable,
    readonly classNames: ReadonlySet<string>,
  ) {}

  get aliases(): TypeAlias[] {
    return [...this.#aliases.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The alias of a named schema. */
  schema(schema: string): string {
    return this.#bySchema.get(schema) ?? schema;
  }

  addSchema(schema: string, isErrorResponse: boolean): void {
    const exception = this.table.types.get(schema);
    const byRule = typeNameByRule(schema, isErrorResponse);
    const name = exception ?? (this.classNames.has(byRule) ? `${byRule}Model` : byRule);
    const node = objectAt(objectAt(objectAt(this.document, "components"), "schemas"), schema);
    this.#bySchema.set(schema, name);
    const text = textAt(node, "description") ?? textAt(node, "title") ?? "";
    const place = ["components", "schemas", schema];
    this.#add({
      name,
      expression: access(place),
      place,
      docs: comment([harmless(firstSentence(text)), node.deprecated === true ? "@deprecated" : ""]),
      owner: `schema "${schema}"`,
      schema,
    });
  }

  /** Adds an alias for a type that only one operation uses. Returns its name. */
  addOperationType(one: Assigned, role: keyof typeof DOCS, expression: string, place?: Place): string {
    const name = operationTypeName(one.row.resource, one.row.method, role);
    const docs = comment([DOCS[role].replace("$", `\`${fullName(one)}\``)]);
    const owner = `the generated type of ${expression}`;
    this.#add({ name, expression, place, docs, owner });
    return name;
  }

  #add(alias: TypeAlias & { owner: string; schema?: string }): void {
    const { name, owner } = alias;
    const other = this.#aliases.get(name);
    if (other === undefined && freeTypeName(name) === name && !this.classNames.has(name)) {
      this.#aliases.set(name, alias);
      return;
    }
    const reason =
      other === undefined
        ? `${owner} gets it, but it is a global, or a name of the client`
        : `${other.owner} and ${owner} both get it`;
    const schema = alias.schema ?? other?.schema;
    const row = schema === undefined ? "" : `, for example \`${JSON.stringify(schema)}: SomeOther${name}\``;
    const { file } = this.table.source;
    this.faults.push({
      where: file,
      what: `The type name "${name}" is not free: ${reason}.`,
      fix: `add a row under \`types:\` in ${file}${row}.`,
    });
  }
}

/** The docstrings of types that only one operation uses. */
const DOCS = {
  Query: "Query parameters of $.",
  Body: "Request body of $.",
  Result: "Response of $.",
  Item: "One item of the list that $ returns.",
};

/** `operations["list_orders"]["parameters"]`. */
function access([first, ...steps]: Place): string {
  return `${first}${steps.map((step) => `[${JSON.stringify(step)}]`).join("")}`;
}

/** The type of a query or a body. */
export interface Input {
  readonly type: string;
  readonly required: boolean;
}

/** The type of the query parameters; `undefined` when there are none. */
export function queryType(types: TypeTable, one: Assigned): Input | undefined {
  const { document, id, parameters } = one.operation;
  const sent = parameters.filter(
    (parameter) => parameter.in === "query" && whyUnsendable(document, parameter) === undefined,
  );
  if (sent.length === 0) return undefined;
  const place = ["operations", id, "parameters", "query"];
  return {
    type: types.addOperationType(one, "Query", `NonNullable<${access(place)}>`, place),
    required: sent.some((parameter) => parameter.required === true),
  };
}

/** The type of the JSON body. */
export function bodyType(types: TypeTable, one: Assigned, body: Payload): string {
  if (body.name !== undefined) return types.schema(body.name);
  const place = ["operations", one.operation.id, ...body.typePath];
  const [carrier, content] = [place.slice(0, 3), body.typePath.slice(1)];
  return types.addOperationType(one, "Body", `NonNullable<${access(carrier)}>${access(["", ...content])}`, place);
}

/** One type for all successful responses. `undefined` when none has a body. */
export function responseType(types: TypeTable, one: Assigned): string | undefined {
  const successes = one.operation.responses.filter(isSuccess);
  const names = new Set(successes.map(({ payload }) => payload?.name));
  const [only] = names;
  if (successes.every(({ payload }) => payload === undefined)) return undefined;
  if (only !== undefined && names.size === 1) return types.schema(only);
  const places = successes.map(({ payload }) => payload && ["operations", one.operation.id, ...payload.typePath]);
  const expressions = new Set(places.map((place) => (place === undefined ? "undefined" : access(place))));
  const place = places.length === 1 ? places[0] : undefined;
  return types.addOperationType(one, "Result", [...expressions].join(" | "), place);
}

/** The type of one row, for lists that are read page by page. */
export function itemType(types: TypeTable, one: Assigned, response: string): string | undefined {
  const { operation, row } = one;
  if (row.paging === undefined || row.paging === "seqnum") return undefined;
  const named = schemaName(rowsSchema(operation).items);
  if (named !== undefined) return types.schema(named);
  return types.addOperationType(one, "Item", `NonNullable<${response}["data"]>[number]`);
}
