import { checkValue, newCheck, type ValueDrift } from "./check-value.js";
import { type ApiDescription, asNode, childAt, type DescribedOperation, type Located } from "./description.js";
import type { Drift } from "./drift.js";
import { MemberNames } from "./member-names.js";

/** A response to check. */
export interface ReceivedResponse {
  /** The method, as in `"instances.list"`. */
  readonly operation: string;
  readonly status: number;
  readonly text: string;
}

/** Lists the differences between a response and the declarations of its operation, each kind once per place. */
export function checkResponse(
  description: ApiDescription,
  described: DescribedOperation,
  { operation, status, text }: ReceivedResponse,
): Drift[] {
  const declared = declaredResponse(description, described, status);
  if (declared === undefined) {
    const received = `status ${status}`;
    const expected = "a declared status";
    const { pointer } = described;
    return [{ kind: "undeclared-status", operation, status, place: "", expected, received, pointer }];
  }
  const found = checkText(description, text, declared);
  const once = new Map(found.map((drift) => [`${drift.kind} ${drift.place}`, drift]));
  return [...once.values()].map(({ kind, ...drift }) => ({ kind, operation, status, ...drift }));
}

function declaredResponse(
  description: ApiDescription,
  { node, pointer }: DescribedOperation,
  status: number,
): Located | undefined {
  const responses = asNode(node.responses);
  const name = [String(status), `${Math.floor(status / 100)}XX`, "default"].find((one) =>
    Object.hasOwn(responses, one),
  );
  return name === undefined ? undefined : description.resolve(childAt({ node, pointer }, "responses", name));
}

function checkText(description: ApiDescription, text: string, response: Located): ValueDrift[] {
  const schema = childAt(response, "content", "application/json", "schema");
  const isDeclared = Object.keys(schema.node).length > 0;
  if (text === "" && !isDeclared) return [];
  const wrong = { kind: "wrong-type", place: "", pointer: response.pointer } as const;
  if (!isDeclared) return [{ ...wrong, expected: "no body", received: "a body" }];
  if (text === "") return [{ ...wrong, expected: "a JSON body", received: "nothing" }];
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return [{ ...wrong, expected: "a JSON body", received: "text that is not JSON" }];
  }
  return checkValue(newCheck(description, new MemberNames(body)), body, schema);
}
