import { singular } from "../generate/names.js";
import type { OperationModel } from "../generate/operation-model.js";
import { printValue } from "./print-value.js";
import type { RawCall } from "./read-api.js";

const start = `import { SfcClient } from "sfc-preview-sdk";

const sfc = new SfcClient(); // the token comes from SF_API_KEY
`;

/** A whole program that calls one operation, with the description's example values. */
export function sampleOf(operation: OperationModel, raw: RawCall): string {
  const call = `sfc.${operation.descriptor.name}(${argumentsOf(operation, raw).join(", ")})`;
  return `${start}\n${useOf(operation, call)}`;
}

/** What a reader would do with the result. */
function useOf({ item, answer, resource, method }: OperationModel, call: string): string {
  if (item !== undefined)
    return `for await (const ${rowName(resource, method)} of ${call}) {\n  console.log(${rowName(resource, method)});\n}\n`;
  if (answer === undefined) return `await ${call};\n`;
  const name = resultName(resource, method);
  return `const ${name} = await ${call};\nconsole.log(${name});\n`;
}

/** Path parameters, then body, then query, then options; as many as it takes. */
function argumentsOf({ pathParameters, body, query, descriptor }: OperationModel, raw: RawCall): string[] {
  const path = pathParameters.map(({ wire }) => printValue(exampleIn(raw, "path", wire)));
  const asked = requiredQuery(raw);
  return [
    ...path,
    ...(body ? [printValue(raw.body?.example)] : []),
    ...(query && asked.length > 0 ? [printValue(Object.fromEntries(asked))] : []),
    ...(descriptor.retry === "keyed" ? ['{ idempotencyKey: "job-17" }'] : []),
  ];
}

function requiredQuery({ parameters }: RawCall): [string, unknown][] {
  return parameters.filter((each) => each.in === "query" && each.required).map(({ name, example }) => [name, example]);
}

function exampleIn({ parameters }: RawCall, place: string, name: string): unknown {
  return parameters.find((parameter) => parameter.in === place && parameter.name === name)?.example;
}

/** `for await (const instance of …)`; a list of something else than the resource is a list of its own noun. */
function rowName(resource: string, method: string): string {
  const noun = method.replace(/^list/, "");
  return singular(noun === "" ? resource : noun.charAt(0).toLowerCase() + noun.slice(1));
}

function resultName(resource: string, method: string): string {
  return ["get", "create", "update", "delete", "replace", "cancel", "terminate"].includes(method)
    ? singular(resource)
    : "result";
}
