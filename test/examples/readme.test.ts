import { readFileSync } from "node:fs";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { contractMock } from "../contract/mock.js";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

let baseUrl: string;

beforeAll(async () => {
  baseUrl = (await contractMock()).url;
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("the first program of the README is examples/quickstart.ts, in ten lines", () => {
  const [, program = ""] = /```ts\n([\s\S]*?)```/.exec(read("README.md")) ?? [];
  expect(program.replace('"sfc-preview-sdk"', '"../src/index.js"')).toBe(read("examples/quickstart.ts"));
  expect(program.split("\n").filter((line) => line.trim() !== "")).toHaveLength(10);
});

test("it runs as it stands", async () => {
  const { fetch } = globalThis;
  vi.stubEnv("SF_API_KEY", "sk_live_readme");
  vi.stubGlobal("fetch", (url: string, init: RequestInit) =>
    fetch(url.replace("https://api.sfcompute.com", baseUrl), init),
  );
  const printed = vi.spyOn(console, "log").mockImplementation(() => undefined);
  await import("../../examples/quickstart.js");
  expect(printed.mock.calls.map((words) => words.join(" "))).toEqual([
    "trainer-2 preferred",
    "trainer-1 critical",
    expect.stringMatching(/^trainer-2 is replaced by /),
  ]);
});
