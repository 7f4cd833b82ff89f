import type { JsonObject } from "../../scripts/lib/json.js";

interface Limits {
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  multipleOf?: number;
}

/** Numbers that may fit a schema, at its limits and between them. `variant` selects a number other than the first. */
export function* numbersFor(schema: JsonObject, variant: number): Generator<number> {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf = 1 } = schema as Limits;
  const least = minimum ?? (exclusiveMinimum === undefined ? undefined : exclusiveMinimum + multipleOf);
  const most = maximum ?? (exclusiveMaximum === undefined ? undefined : exclusiveMaximum - multipleOf);
  const first = least ?? Math.min(1, most ?? 1);
  const step = Math.ceil(first / multipleOf) * multipleOf;
  yield step + variant * multipleOf;
  yield step;
  if (most !== undefined) yield Math.floor(most / multipleOf) * multipleOf;
  yield 0;
  yield ((minimum ?? exclusiveMinimum ?? 0) + (maximum ?? exclusiveMaximum ?? 0)) / 2;
}
