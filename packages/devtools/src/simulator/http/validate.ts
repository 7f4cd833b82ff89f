import type { ValidateFunction } from "ajv";
import type { Ajv2020 } from "ajv/dist/2020.js";
import type { Assumptions } from "../assumptions.js";
import type { Description, JsonSchema, OperationInfo, Parameter } from "./description.js";
import { Refusal } from "./errors.js";
import { explainErrors, type Problem, unknownField } from "./explain.js";
import { dereference, getAjv, located } from "./schemas.js";

const mostDetails = 5;

/** Compiled validators by schema. They are shared, because a simulator is often started for one test, and compiling takes longer than the test. */
const compiled = new WeakMap<Ajv2020, Map<string, ValidateFunction>>();

/** Checks requests against the description. An invalid request is refused with 422, or with 400 if that is declared. */
export class Validator {
  readonly #description: Description;
  readonly #ajv: Ajv2020;
  readonly #clampAllLimits: boolean;
  readonly #allowUnknown: boolean;
  readonly #compiled: Map<string, ValidateFunction>;

  constructor(description: Description, { limitOutOfRange, unknownFields }: Assumptions) {
    this.#description = description;
    this.#ajv = getAjv(description);
    this.#compiled = compiled.get(this.#ajv) ?? new Map();
    compiled.set(this.#ajv, this.#compiled);
    this.#clampAllLimits = limitOutOfRange === "clamp";
    this.#allowUnknown = unknownFields === "ignore";
  }

  /** Checks path parameters. A malformed one is refused with 404 if neither 422 nor 400 is declared. */
  path(operation: OperationInfo, values: Record<string, string>): Record<string, string> {
    this.#check(operation, "path", values);
    return values;
  }

  /** Checks query parameters and returns typed values: lists for repeated parameters, numbers, and defaults for omitted parameters. */
  query(operation: OperationInfo, search: URLSearchParams): Record<string, unknown> {
    const values: Record<string, unknown> = {};
    const known = operation.parameters.filter((parameter) => parameter.in === "query").map(({ name }) => name);
    const unknown = [...new Set(search.keys())].filter((name) => !known.includes(name));
    if (unknown.length > 0 && !this.#allowUnknown) {
      throw unknownFields(
        "query",
        unknown.map((name) => unknownField(name, known)),
      );
    }
    for (const parameter of operation.parameters) {
      if (parameter.in !== "query") continue;
      const value = this.#read(operation, parameter, search.getAll(parameter.name));
      if (value !== undefined) values[parameter.name] = value;
    }
    this.#check(operation, "query", values);
    return values;
  }

  body(operation: OperationInfo, value: unknown): unknown {
    const schema = operation.body;
    if (schema === undefined) return undefined;
    this.#report(
      this.#validator(`${operation.id} body`, () => schema),
      schema,
      value,
      "body",
    );
    return value;
  }

  #read(operation: OperationInfo, parameter: Parameter, texts: readonly string[]): unknown {
    const schema = dereference(parameter.schema, this.#description);
    if (texts.length === 0) return parameter.schema.default ?? schema.default;
    if (schema.type === "array") {
      const items = dereference((schema.items ?? {}) as JsonSchema, this.#description);
      return texts.map((text) => typed(text, items));
    }
    const value = typed(texts[0] ?? "", schema);
    return this.#clamps(operation, parameter.name) ? clamp(value, schema) : value;
  }

  #clamps(operation: OperationInfo, name: string): boolean {
    if (name !== "limit" && name !== "depth") return false;
    return this.#clampAllLimits || operation.path.includes("/orderbook/");
  }

  #check(operation: OperationInfo, place: "path" | "query", values: unknown): void {
    const parameters = operation.parameters.filter((parameter) => parameter.in === place);
    const schema = {
      type: "object",
      properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
      required: parameters.filter(({ required }) => required === true).map(({ name }) => name),
    };
    const validator = this.#validator(`${operation.id} ${place}`, () => schema);
    this.#report(validator, schema, values, place);
  }

  #report(validator: ValidateFunction, schema: JsonSchema, value: unknown, place: string): void {
    const isValid = validator(value);
    const problems = explainErrors(schema, value, "", this.#description).filter(
      ({ code }) => code !== "unknown_field" || !this.#allowUnknown,
    );
    if (isValid && problems.length === 0) return;
    if (isValid) throw unknownFields(place, problems);
    const isExplained = problems.some(({ code }) => code !== "unknown_field");
    throw refusal(place, isExplained ? problems : [...problems, ajvProblem(validator)]);
  }

  #validator(name: string, schema: () => JsonSchema): ValidateFunction {
    let validator = this.#compiled.get(name);
    if (validator === undefined) {
      validator = this.#ajv.compile(located(schema(), this.#description));
      this.#compiled.set(name, validator);
    }
    return validator;
  }
}

function typed(text: string, schema: JsonSchema): unknown {
  if (schema.type === "integer" && /^-?\d+$/.test(text)) return Number(text);
  if (schema.type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}

function clamp(value: unknown, schema: JsonSchema): unknown {
  if (typeof value !== "number") return value;
  return Math.min(Math.max(value, Number(schema.minimum ?? value)), Number(schema.maximum ?? value));
}

function refusal(place: string, problems: readonly Problem[]): Refusal {
  return new Refusal([422, 400, 404], summary(place, problems), problems.slice(0, mostDetails));
}

/** Refuses unknown fields. The status is never 404, which would mean the requested resource. */
function unknownFields(place: string, problems: readonly Problem[]): Refusal {
  return new Refusal([422, 400], summary(place, problems), problems.slice(0, mostDetails));
}

function summary(place: string, problems: readonly Problem[]): string {
  const all = problems.slice(0, mostDetails).map(({ field, message }) => `${field ?? "it"} ${message}`);
  return `the ${place} is not valid: ${all.join("; ")}`;
}

/** Describes Ajv's own error, for rules that `explainErrors` does not cover. */
function ajvProblem({ errors }: ValidateFunction): Problem {
  const [error] = errors ?? [];
  const field = error?.instancePath.slice(1).replaceAll("/", ".");
  return { field: field || null, code: error?.keyword ?? "invalid", message: error?.message ?? "is not valid" };
}
