import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Simulator, startSimulator } from "../../packages/devtools/src/index.js";
import { readBlocks, runProgram } from "./run-program.js";

let simulator: Simulator;
let lines: string[];

beforeEach(async () => {
  simulator = await startSimulator();
  lines = [];
  process.argv = ["node", "program.ts"];
  vi.stubEnv("SF_BASE_URL", simulator.url);
  vi.stubEnv("SF_API_KEY", "sk_live_any");
  const print = (...values: unknown[]) => void lines.push(values.map(String).join(" "));
  vi.spyOn(console, "log").mockImplementation(print);
  vi.spyOn(console, "info").mockImplementation(print);
});
const { argv } = process;
afterEach(() => {
  process.argv = argv;
  return simulator.close();
});

/** The page and number of each program that needs only the simulator's initial world, and its output. */
const runnable: readonly (readonly [page: string, number: number, expected: readonly (string | RegExp)[]])[] = [
  ["index", 1, [/^antares /, /^alameda /, /^richmond /, "notebooks market", "spare market", "main market"]],
  ["index", 3, [/^trainer 200 \S+ 1$/]],
  ["authentication", 1, ["acme a service token"]],
  ["lists", 1, [/^0 false/, "0", "0"]],
  ["lists", 2, []],
  ["keys-and-retries", 2, []],
  ["errors", 1, ["instance not found"]],
  ["options", 1, [/^account\.me #\d+ attempt 1: 200/, /^account\.me #\d+ succeeded: 200/, "acme"]],
  ["paths", 1, ["main"]],
  ["buying", 1, [/^ordr_\w+ \d+\.\d+$/]],
  ["creating-once", 1, [/^pool_\w+ created$/]],
  ["testing", 2, ["notebooks", "1"]],
  ["testing", 3, ["3"]],
  ["testing", 4, ["3", "ApiError", "3", "1"]],
  ["testing", 5, ["acme"]],
  ["transport", 1, ["acme"]],
  ["how-it-works", 1, ["request 1", "response 1", "success 1", /^acme /]],
  ["observing", 1, [/^account\.me #\d+ attempt 1: 200/, /^account\.me #\d+ succeeded: 200/]],
  ["observing", 2, [/^account\.me 200 \d+ ms attempts: 1$/]],
  ["observing", 3, []],
];

test.each(runnable)("docs/%s.md, program %i, runs as printed", async (page, number, expected) => {
  await runProgram(readBlocks(`docs/${page}.md`, "ts")[number - 1] ?? "");
  expect(lines).toEqual(
    expected.map((line) => (typeof line === "string" ? line : (expect.stringMatching(line) as unknown))),
  );
});
