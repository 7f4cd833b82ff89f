import { anyCall, type Bench } from "./bench.js";
import type { ContractCase } from "./operations.js";

/** Checks the whole case of an operation: each call, each response and each error. */
export async function checkCompletely(bench: Bench, row: ContractCase): Promise<string[]> {
  const { required, complete, success, errors } = row;
  return [
    ...(await faults("sends a valid request", { ...required, ...complete }, (_, call) =>
      bench.sendsValidRequest(row, call),
    )),
    ...(await faults("understands the response", success.examples, (name, expected) =>
      bench.understandsResponse(row, anyCall(row), name, expected),
    )),
    ...(await faults(
      "turns into an error",
      Object.fromEntries(errors.map((error) => [error.status, error])),
      (_, error) => bench.turnsIntoError(row, anyCall(row), error),
    )),
  ].map((fault) => `${row.operation.name} ${fault}`);
}

/** A minimal check that an operation still works: its most complete call, and the response to it. */
export async function checkBriefly(bench: Bench, row: ContractCase): Promise<string[]> {
  const [fullest = anyCall(row)] = Object.values(row.complete);
  const responses = Object.entries(row.success.examples);
  const fitting = responses.find(([, value]) => !leadsBackTo(fullest, value));
  // A mock has no memory: a request for the second page may return the first page, so that its cursor is repeated.
  const call = responses.length > 0 && !fitting ? anyCall(row) : fullest;
  const [response] = fitting ? [fitting] : responses;
  const found = await faults("still works", { "": call }, () =>
    response === undefined ? bench.sendsValidRequest(row, call) : bench.understandsResponse(row, call, ...response),
  );
  return found.map((fault) => `${row.operation.name} ${fault}`);
}

function leadsBackTo(call: readonly unknown[], response: unknown): boolean {
  const { cursor } = Object(response) as { cursor?: unknown };
  const queries = call.map((argument) => Object(argument) as Record<string, unknown>);
  return (
    typeof cursor === "string" && queries.some((query) => [query.starting_after, query.ending_before].includes(cursor))
  );
}

async function faults<T>(
  what: string,
  values: Record<string, T>,
  check: (name: string, value: T) => Promise<void>,
): Promise<string[]> {
  const found: string[] = [];
  for (const [name, value] of Object.entries(values)) {
    await check(name, value).catch((error: Error) => found.push(`${what} (${name}): ${error.message}`));
  }
  return found;
}
