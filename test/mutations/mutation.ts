import type { JsonObject } from "../../scripts/lib/json.js";
import type { Impact } from "../../scripts/spec/report.js";

/** One kind of change to the API description, and its expected outcome. */
export interface Mutation {
  readonly name: string;
  readonly change: (description: Draft) => void;
  /** The expected rating. `none` when users do not notice the change. */
  readonly impact?: Impact | "none";
  /** Every expected sentence of the difference, except for the one about reworded descriptions. */
  readonly says?: readonly string[];
  /** A pattern for each expected notice of generation. Other notices are allowed. */
  readonly notices?: readonly RegExp[];
  /** The expected message when generation refuses the change. */
  readonly refused?: RegExp;
  /** Whether the short run includes it too, with or without calls of the new client to a mock server. */
  readonly short?: "called" | "compared";
}

// biome-ignore lint/suspicious/noExplicitAny: a mutation may change any part of the document
type Node = Record<string, any>;

/** A description to change, with shortcuts to its parts. Each shortcut throws when the part is missing. */
export class Draft {
  constructor(readonly document: Node) {}

  get paths(): Node {
    return this.document.paths;
  }

  get schemas(): Node {
    return this.document.components.schemas;
  }

  path(path: string): Node {
    return found(this.paths[path], path);
  }

  operation(id: string): Node {
    const all = Object.values(this.paths).flatMap((item) => Object.values(item as Node));
    return found(
      all.find((operation) => operation.operationId === id),
      id,
    );
  }

  parameter(id: string, name: string): Node {
    const list: Node[] = this.operation(id).parameters;
    return found(
      list.find((parameter) => parameter.name === name),
      `${id} ${name}`,
    );
  }

  addParameter(id: string, parameter: JsonObject): void {
    const operation = this.operation(id);
    operation.parameters = [...(operation.parameters ?? []), { in: "query", description: "New.", ...parameter }];
  }

  removeParameter(id: string, name: string): void {
    const operation = this.operation(id);
    this.parameter(id, name);
    operation.parameters = operation.parameters.filter((parameter: Node) => parameter.name !== name);
  }

  schema(name: string): Node {
    return found(this.schemas[name], name);
  }

  /** The object with the properties of a schema, also if the schema extends another one. */
  object(name: string): Node {
    const schema = this.schema(name);
    const parts: Node[] = [schema, ...(schema.allOf ?? [])];
    return found(
      parts.find((part) => part.properties !== undefined),
      name,
    );
  }

  property(schema: string, name: string): Node {
    return found(this.object(schema).properties[name], `${schema}.${name}`);
  }

  setProperty(schema: string, name: string, value: JsonObject, required?: boolean): void {
    const object = this.object(schema);
    object.properties[name] = value;
    if (required !== undefined) this.require(schema, name, required);
  }

  removeProperty(schema: string, name: string): void {
    this.property(schema, name);
    delete this.object(schema).properties[name];
    this.require(schema, name, false);
  }

  require(schema: string, name: string, required: boolean): void {
    const object = this.object(schema);
    const others = (object.required ?? []).filter((one: string) => one !== name);
    object.required = required ? [...others, name] : others;
  }

  renameSchema(from: string, to: string): void {
    this.schema(from);
    const text = JSON.stringify(this.document)
      .replaceAll(`"#/components/schemas/${from}"`, `"#/components/schemas/${to}"`)
      .replaceAll(`"${from}":{`, `"${to}":{`);
    Object.assign(this.document, JSON.parse(text));
  }

  /** Moves a path item from one path template to another. */
  move(from: string, to: string): void {
    const item = this.path(from);
    delete this.paths[from];
    this.paths[to] = item;
  }

  response(id: string, status: string): Node {
    return found(this.operation(id).responses[status], `${id} ${status}`);
  }
}

function found<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`The description has no ${name}: correct the mutation.`);
  return value;
}

export function refTo(schema: string): JsonObject {
  return { $ref: `#/components/schemas/${schema}` };
}

export function jsonResponse(schema: JsonObject, description = "A response."): JsonObject {
  return { description, content: { "application/json": { schema } } };
}

/** A small operation that reads. */
export function newOperation(id: string, more: JsonObject = {}): JsonObject {
  return {
    tags: ["Instances"],
    summary: "New",
    description: "A new operation.",
    operationId: id,
    responses: { "200": jsonResponse(refTo("InstanceResponse")), "401": jsonResponse(refTo("UnauthorizedError")) },
    ...more,
  };
}

export function pathParameter(name: string): JsonObject {
  return { name, in: "path", required: true, description: "Which one.", schema: { type: "string" } };
}
