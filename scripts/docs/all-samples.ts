import type { Api } from "./read-api.js";
import { sampleOf } from "./sample.js";

/** Method, such as `"instances.list"`, to the program that shows it. */
export function allSamples(api: Api): Map<string, string> {
  const { operations } = api.model;
  return new Map(operations.map((operation) => [operation.descriptor.name, sampleOf(operation)]));
}
