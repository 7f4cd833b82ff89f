import { buildUrl } from "../../src/wrappers/request.js";
import type { OperationModel } from "../generate/operation-model.js";

/** The request of the sample as a command, with the same values. */
export function printCurl({ descriptor, pathParameters, example }: OperationModel, server: string): string {
  const { path = [], query = {}, body } = example ?? {};
  const values = Object.fromEntries(pathParameters.map(({ wire }, n) => [wire, String(path[n])]));
  const url = buildUrl(server, descriptor, { path: values, query });
  const options = [
    ...(descriptor.method === "GET" ? [] : [`--request ${descriptor.method}`]),
    `--header "authorization: Bearer $SF_API_KEY"`,
    ...(descriptor.retry === "keyed" ? [`--header "idempotency-key: job-17"`] : []),
    ...(body === undefined ? [] : [`--header "content-type: application/json"`, `--data ${quote(json(body))}`]),
  ];
  return [`curl ${quote(url)}`, ...options].join(" \\\n  ");
}

/** Printed on one line when it is short. */
function json(value: unknown): string {
  const line = JSON.stringify(value);
  return line.length <= 80 ? line : JSON.stringify(value, null, 2);
}

/** Quotes a text for a shell, so that the shell expands nothing in it. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
