import { objectAt, textAt } from "../lib/json.js";
import type { Fault } from "../lib/problem.js";
import { firstSentence, harmless } from "./docs.js";
import { schemaName } from "./shapes.js";
import { isTakenTypeName, typeNameByRule } from "./type-names.js";
import { walk } from "./walk.js";

/** A named export of `types.ts`. */
export interface TypeAlias {
  readonly name: string;
  /** What it stands for, as TypeScript. */
  readonly expression: string;
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
    this.#add({
      name,
      expression: `components["schemas"][${JSON.stringify(schema)}]`,
      doc: harmless(firstSentence(textAt(node, "description") ?? textAt(node, "title") ?? "")),
      isDeprecated: node.deprecated === true,
      owner: `schema "${schema}"`,
      schema,
    });
  }

  /** An alias for a shape that only one operation has; gives its name back. */
  addOperationType(name: string, expression: string, doc: string): string {
    this.#add({ name, expression, doc, isDeprecated: false, owner: `the generated type of ${expression}` });
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
      mend: `add a row under \`types:\` in ${this.sdkFile}${row}.`,
    });
  }
}

/** Names of the schemas that operations reach, in the order of the description. */
export function reachableSchemas(document: unknown, from: unknown = objectAt(document, "paths")): string[] {
  const schemas = objectAt(objectAt(document, "components"), "schemas");
  const reached = new Set<string>();
  const visit = (node: unknown) =>
    walk(node, (object) => {
      const name = schemaName(object);
      if (name !== undefined && Object.hasOwn(schemas, name)) follow(name);
      else if (typeof object.$ref === "string" && object.$ref.startsWith("#/")) followPart(object.$ref);
    });
  const follow = (name: string) => {
    if (reached.has(name)) return;
    reached.add(name);
    visit(schemas[name]);
  };
  const parts = new Set<string>();
  const followPart = (ref: string) => {
    if (parts.has(ref)) return;
    parts.add(ref);
    visit(partAt(document, ref));
  };
  visit(from);
  return Object.keys(schemas).filter((name) => reached.has(name));
}

function partAt(document: unknown, ref: string): unknown {
  const [, group = "", section = "", name = ""] = ref.split("/");
  return objectAt(objectAt(document, group), section)[name.replaceAll("~1", "/").replaceAll("~0", "~")];
}
