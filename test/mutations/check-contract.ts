import type { Side } from "../../scripts/spec/side.js";
import { createBench } from "../contract/bench.js";
import { checkBriefly } from "../contract/check-operation.js";
import { completeExamples } from "../contract/complete-examples.js";
import { startInProcessMock } from "../contract/in-process-mock.js";
import { type ContractCase, contractCases } from "../contract/operations.js";
import { loadClient } from "./bundle-client.js";

/**
 * Calls the mock server of a changed description with the client of that description, and returns the failures. Unchanged operations
 * use the calls and responses of the original description, and changed operations use those of the new one.
 */
export async function checkContract(before: Side, after: Side, changed: ReadonlySet<string>): Promise<string[]> {
  const description = completeExamples(after.document);
  const earlier = new Map(casesOf(before).map((row) => [row.operation.name, row]));
  const rows = contractCases(description, descriptors(after)).map((row) => {
    const { name } = row.operation;
    return changed.has(name) ? row : (earlier.get(name) ?? row);
  });
  const server = await startInProcessMock(description);
  try {
    const bench = createBench(await loadClient(after.code), server.url);
    const faults: string[] = [];
    for (const row of rows) faults.push(...(await checkBriefly(bench, row)));
    return faults;
  } finally {
    await server.close();
  }
}

const known = new WeakMap<Side, ContractCase[]>();

/** The cases are the same for every mutation, so they are cached. */
function casesOf(side: Side): ContractCase[] {
  const cases = known.get(side) ?? contractCases(completeExamples(side.document), descriptors(side));
  known.set(side, cases);
  return cases;
}

function descriptors({ model }: Side) {
  return model.operations.map(({ descriptor }) => descriptor);
}
