import type { ErrorObject, ValidateFunction } from "ajv";
import type { Ajv2020 } from "ajv/dist/2020.js";
import type { Description, JsonSchema, OperationInfo, Parameter } from "./description.js";
import { type ErrorDetail, Refusal } from "./errors.js";
import { ajvFor, dereference, located } from "./schemas.js";

const mostDetails = 5;

/** Checks requests against the description; a request that breaks it is refused with 422, or 400 where that is declared. */
export class Validator {
  readonly #description: Description;
  readonly #ajv: Ajv2020;
  readonly #clampAllLimits: boolean;
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(description: Description, clampAllLimits: boolean) {
    this.#description = description;
    this.#ajv = ajvFor(description);
    this.#clampAllLimits = clampAllLimits;
  }

  /** Path parameters; a malformed one is 404 where neither 422 nor 400 is declared. */
  path(operation: OperationInfo, values: Record<string, string>): Record<string, string> {
    this.#check(operation, "path", values);
    return values;
  }

  /** Query parameters as typed values: repeated ones as lists, numbers as numbers, defaults filled in. */
  query(operation: OperationInfo, search: URLSearchParams): Record<string, unknown> {
    const values: Record<string, unknown> = {};
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
    const validator = this.#validator(`${operation.id} ${place}`, () => {
      const parameters = operation.parameters.filter((parameter) => parameter.in === place);
      return {
        type: "object",
        properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
        required: parameters.filter(({ required }) => required === true).map(({ name }) => name),
      };
    });
    this.#report(validator, values, place);
  }

  #report(validator: ValidateFunction, value: unknown, place: string): void {
    if (validator(value)) return;
    const details = (validator.errors ?? []).slice(0, mostDetails).map((error) => detail(error));
    const first = details[0];
    throw new Refusal([422, 400, 404], `the ${place} is not valid: ${first?.field} ${first?.message}`, details);
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

function detail(error: ErrorObject): ErrorDetail {
  const place = error.instancePath.slice(1).replaceAll("/", ".");
  const missing = error.keyword === "required" ? String(error.params.missingProperty) : "";
  const field = [place, missing].filter((part) => part !== "").join(".");
  return { field: field === "" ? null : field, code: error.keyword, message: error.message ?? "is not valid" };
}
