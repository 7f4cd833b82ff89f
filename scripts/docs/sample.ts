import { printExample } from "../generate/docs.js";
import type { OperationModel } from "../generate/operation-model.js";

const start = `import { SfcClient } from "sfc-preview-sdk";

const sfc = new SfcClient(); // the token comes from SF_API_KEY
`;

/** A whole program that calls one operation, with the description's example values: the example of its docstring. */
export function sampleOf(operation: OperationModel): string {
  const { code, result } = printExample(operation) ?? { code: "" };
  return `${start}\n${code}\n${result === undefined ? "" : `console.log(${result});\n`}`;
}
