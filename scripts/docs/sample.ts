import { printExample } from "../generate/docs.js";
import type { OperationModel } from "../generate/operation-model.js";
import type { Api } from "./read-api.js";

const start = `import { SfcClient } from "sfc-preview-sdk";

const sfc = new SfcClient(); // the token comes from SF_API_KEY
`;

/** A complete program that calls one operation with the example values of the description. It is the example of the docstring. */
export function printSample(operation: OperationModel): string {
  const { code, result } = printExample(operation) ?? { code: "" };
  return `${start}\n${code}\n${result === undefined ? "" : `console.log(${result});\n`}`;
}

/** Programs by the method that they call, such as `"instances.list"`. */
export function allSamples({ model }: Api): Map<string, string> {
  return new Map(model.operations.map((operation) => [operation.descriptor.name, printSample(operation)]));
}
