import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { readJson } from "../lib/json.js";
import { type Fault, refuse } from "../lib/problem.js";
import type { Source } from "../lib/source.js";

/** Stops when an input that is written by hand is not as its schema, a file beside this one, says. */
export function refuseInvalid({ file, value, at }: Source, schema: string, fix: string): void {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  ajv.validate(readJson<object>(fileURLToPath(new URL(schema, import.meta.url))), value);
  // Those two only repeat that something within them has failed.
  const errors = (ajv.errors ?? []).filter(({ keyword }) => keyword !== "if" && keyword !== "propertyNames");
  refuse(
    errors.map(({ instancePath, message, params }): Fault => {
      const names = [params.additionalProperty ?? params.allowedValues ?? params.allowedValue ?? []].flat();
      const what = `It ${message}${names.length > 0 ? `: ${names.join(", ")}` : ""}.`;
      return { where: instancePath === "" ? file : at(`#${instancePath}`), what, fix };
    }),
  );
}
