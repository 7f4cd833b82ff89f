import { describe, expect, test } from "vitest";
import type { LoggedRequest } from "../../packages/devtools/src/index.js";
import { allPassed, notHad, passed, printTable } from "../../scripts/release/compat.js";
import { lostResponseDoubt, readmeDoubt } from "../../scripts/release/compat-project.js";

const columns = ["import", "list"];
const good = { name: "Node 22", cells: { import: passed, list: passed } };

describe("the table", () => {
  test("never reports what was not available, or did not report, as passed", () => {
    const missing = {
      name: "Chromium",
      cells: { import: `${notHad}: no Chromium here`, list: `${notHad}: no Chromium here` },
    };
    const silent = { name: "Bun", cells: { import: passed } };
    expect(allPassed(columns, [good])).toBe(true);
    expect(allPassed(columns, [good, missing])).toBe(false);
    expect(allPassed(columns, [good, silent])).toBe(false);
    expect(printTable("runtime", columns, [good, missing, silent])).toBe(
      `runtime   import   list
--------  -------  -------
Node 22   ok       ok
Chromium  not had  not had
Bun       ok       not had

Chromium, import: not had: no Chromium here
Chromium, list: not had: no Chromium here`,
    );
  });

  test("gives the reason of every failure", () => {
    const broken = { name: "Deno", cells: { import: passed, list: "Error: expected 3 pools" } };
    expect(printTable("runtime", columns, [broken])).toContain("Deno, list: Error: expected 3 pools");
  });
});

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

describe("a replay", () => {
  const lost = request({ committed: true, fault: "reset" });
  const repeated = request({ replayed: true });

  test("is believed when the server committed once and answered the repeat with the first result", () => {
    expect(lostResponseDoubt([request({ idempotencyKey: "another" }), lost, repeated])).toBeUndefined();
  });

  test("is doubted when the server saw something else", () => {
    expect(lostResponseDoubt([lost])).toMatch("saw 1 requests");
    expect(lostResponseDoubt([request({ committed: true }), repeated])).toMatch("was not lost");
    expect(lostResponseDoubt([lost, request({ committed: true })])).toMatch("first result");
  });
});

describe("the program of the README", () => {
  const printed = [
    "antares NVIDIA B200 eu-north",
    "alameda NVIDIA H200 us-east",
    "richmond NVIDIA H100 us-west",
    "notebooks market",
    "spare market",
    "main market",
    "",
  ].join("\n");
  const read = request({ method: "GET" });

  test("is accepted when it printed its lines and the server saw two reads", () => {
    expect(readmeDoubt(printed, [read, read])).toBeUndefined();
  });

  test("is refused when it printed something else, wrote, or sent more or less", () => {
    expect(readmeDoubt("", [read, read])).toMatch("it printed");
    expect(readmeDoubt(printed, [read, request({})])).toMatch("1 writes");
    expect(readmeDoubt(printed, [read])).toMatch("1 requests");
  });
});
