import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { isObject } from "../../scripts/lib/json.js";

/** Validates values against schemas of the description. */
export interface Checker {
  fits(schema: unknown, value: unknown): boolean;
  /** Why the value is not valid. */
  reason(schema: unknown, value: unknown): string;
}

const ID = "description:";

/** Validates values as the mock server does: schemas are used as written, and each `$ref` is resolved in the document. */
export function createChecker(document: unknown): Checker {
  const ajv = new Ajv2020({ strict: false, logger: false, code: { optimize: false } });
  formats.default(ajv);
  for (const format of ["u-int16", "u-int32", "u-int64"]) {
    ajv.addFormat(format, { type: "number", validate: (value: number) => Number.isInteger(value) && value >= 0 });
  }
  ajv.addSchema({ ...(located(document) as object), $id: ID });
  const validators = new Map<string, ReturnType<typeof ajv.compile>>();
  const validatorOf = (schema: unknown) => {
    const own = located(schema) as object;
    const key = JSON.stringify(own);
    // Compiling a schema takes a hundred times as long as serializing it.
    const validator = validators.get(key) ?? ajv.compile(own);
    validators.set(key, validator);
    return validator;
  };
  return {
    fits: (schema, value) => validatorOf(schema)(value) === true,
    reason(schema, value) {
      const validator = validatorOf(schema);
      return validator(value) ? "" : ajv.errorsText(validator.errors, { dataVar: "it" });
    },
  };
}

/** The same schema with references that point into the document that was added. */
function located(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(located);
  if (!isObject(node)) return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key]) => key !== "example" && key !== "examples" && key !== "discriminator")
      .map(([key, value]) => [key, key === "$ref" && typeof value === "string" ? `${ID}${value}` : located(value)]),
  );
}
