import { describe, expect, test } from "vitest";
import type { LoggedRequest } from "../../packages/devtools/src/index.js";
import { firstProgramLines } from "../support/first-program.js";
import { lostResponseDoubt, readmeDoubt } from "./projects.js";

const request = (change: Partial<LoggedRequest>): LoggedRequest => ({
  number: 1,
  method: "POST",
  path: "/preview/v2/orders",
  operation: "orders.create",
  operationId: "create_order",
  idempotencyKey: "compat-replay",
  authorization: true,
  status: 201,
  committed: false,
  replayed: false,
  fault: undefined,
  ...change,
});

describe("a repeated order", () => {
  const lost = request({ committed: true, fault: "reset" });
  const repeated = request({ replayed: true });

  test("is confirmed when the server committed once and returned the first result for the repeat", () => {
    expect(lostResponseDoubt([request({ idempotencyKey: "another" }), lost, repeated])).toBeUndefined();
  });

  test("is not confirmed when the server saw something else", () => {
    expect(lostResponseDoubt([lost])).toMatch("saw 1 requests");
    expect(lostResponseDoubt([request({ committed: true }), repeated])).toMatch("was not lost");
    expect(lostResponseDoubt([lost, request({ committed: true })])).toMatch("first result");
  });
});

describe("the program of the README", () => {
  const printed = `${firstProgramLines.join("\n")}\n`;
  const read = request({ method: "GET" });

  test("passes when it printed its lines and the server received two reads", () => {
    expect(readmeDoubt(printed, [read, read])).toBeUndefined();
  });

  test("fails when it printed something else, wrote, or sent more or fewer requests", () => {
    expect(readmeDoubt("", [read, read])).toMatch("it printed");
    expect(readmeDoubt(printed, [read, request({})])).toMatch("1 writes");
    expect(readmeDoubt(printed, [read])).toMatch("1 requests");
  });
});
