import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { readJson } from "./json.js";
import { type Fault, refuse } from "./problem.js";
import type { Source } from "./source.js";

/** Stops when an input that is written by hand is not as its JSON schema says. */
export function refuseInvalid({ file, value, at }: Source, schema: URL, fix: string): void {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  ajv.validate(readJson<object>(fileURLToPath(schema)), value);
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
