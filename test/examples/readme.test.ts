import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { startMockServer } from "../../src/testing/mock-server.js";
import type { RunningServer } from "../../src/testing/prism.js";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

let server: RunningServer;

beforeAll(async () => {
  server = await startMockServer();
});
afterAll(() => server?.close());
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
    fetch(url.replace("https://api.sfcompute.com", server.url), init),
  );
  const printed = vi.spyOn(console, "log").mockImplementation(() => undefined);
  await import("../../examples/quickstart.js");
  expect(printed.mock.calls.map((words) => words.join(" "))).toEqual([
    "trainer-2 preferred",
    "trainer-1 critical",
    expect.stringMatching(/^trainer-2 is replaced by /),
  ]);
});
