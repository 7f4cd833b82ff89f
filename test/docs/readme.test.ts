import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Simulator, startSimulator } from "../../packages/devtools/src/index.js";
import { complaints } from "../../scripts/docs/check-samples.js";
import * as operations from "../../src/generated/operations.js";
import { type OrderCreate, SfcClient, SfcError } from "../../src/index.js";
import type { placeOrder } from "../../src/workflows.js";
import { firstProgramLines } from "../support/first-program.js";
import { readBlocks, runProgram } from "./run-program.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");
const programs = readBlocks("README.md", "ts");

let simulator: Simulator;
let lines: string[];

beforeEach(async () => {
  simulator = await startSimulator();
  lines = [];
  vi.stubEnv("SF_BASE_URL", simulator.url);
  vi.stubEnv("SF_API_KEY", "sk_live_any");
  const print = (...values: unknown[]) => void lines.push(values.join(" "));
  vi.spyOn(console, "log").mockImplementation(print);
  vi.spyOn(console, "info").mockImplementation(print);
});
afterEach(() => simulator.close());

/** Runs the single program that contains `text`. */
function run(text: string): Promise<Record<string, unknown>> {
  const [code = "", ...others] = programs.filter((program) => program.includes(text));
  expect(others).toEqual([]);
  return runProgram(code);
}

test("each program of the README type-checks as printed", () => {
  expect(programs).toHaveLength(6);
  expect(complaints(root, new Map(programs.map((code, n) => [`README-${n + 1}`, code])))).toEqual([]);
});

test("the first program is examples/quickstart.ts", () => {
  const example = readFileSync(join(root, "examples/quickstart.ts"), "utf8");
  expect(programs[0]?.replace('"sfc-preview-sdk"', '"../src/index.js"')).toBe(example);
});

test("the first program lists hardware and pools, and changes nothing", async () => {
  await runProgram(programs[0] ?? "");
  expect(lines).toEqual(firstProgramLines);
  expect(simulator.requests.map(({ method }) => method)).toEqual(["GET", "GET"]);
});

test("the shell block runs the first program against the simulator's port with a token that it accepts", () => {
  const [block] = readBlocks("README.md", "sh").filter((text) => text.includes("simulate"));
  expect(block).toMatch(
    /simulate --port (\d+).*\nSF_BASE_URL=http:\/\/127\.0\.0\.1:\1 SF_API_KEY=sk_live_any node first\.mjs\n$/,
  );
});

test("the purchase sends its key, and reports a balance that is too low", async () => {
  const { buy } = (await run("orders.create(")) as { buy: (id: string, order: OrderCreate) => Promise<{ id: string }> };
  const sfc = new SfcClient();
  const start_at = simulator.now.getTime() / 1000 + 600;
  const request = { side: "buy", pool: "sfc:pool:acme:default:spare", start_at, duration_seconds: 3600, node_count: 1 };
  const preview = await sfc.orders.preview({ ...request, side: "buy", requirements: {} });
  if (preview.type !== "quoted") throw new Error(preview.reason);
  const first = await buy("17", preview.post_order_body);
  expect(await buy("17", preview.post_order_body)).toEqual(first);
  expect(simulator.requests.map(({ idempotencyKey }) => idempotencyKey)).toEqual([undefined, "job-17", "job-17"]);

  simulator.faults.add({ operation: "create_order", fault: { kind: "answer", status: 402 } });
  await expect(buy("18", preview.post_order_body)).rejects.toSatisfy(SfcError.is);
  expect(lines).toEqual(["The balance is too low for this order."]);
});

test("the program of lists prints counts, the account and the number of attempts", async () => {
  await run(".toArray(");
  expect(lines).toEqual([expect.stringMatching(/^0 0 acme \S+ 1$/)]);
});

test("the middleware adds its header to each request, and the listener logs it", async () => {
  const { fetch } = globalThis;
  const sent: Headers[] = [];
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
    sent.push(new Headers(init.headers));
    return fetch(url, init);
  });
  await run("addTeam");
  expect(sent.map((headers) => headers.get("x-team"))).toEqual(["training"]);
  expect(lines).toEqual([
    expect.stringMatching(/^account\.me #\d+ attempt 1: 200 in /),
    expect.stringMatching(/^account\.me #\d+ succeeded: 200 in /),
    "acme",
  ]);
});

test("the nightly purchase places no second order when it runs again, and refuses to spend more than its limit", async () => {
  const { buyNight } = (await run("placeOrder(")) as {
    buyNight: (sfc: SfcClient, pool: string, night: string) => ReturnType<typeof placeOrder>;
  };
  const sfc = new SfcClient();
  const night = new Date(simulator.now.getTime() + 86_400_000).toISOString().slice(0, 10);
  const { order } = await buyNight(sfc, "sfc:pool:acme:default:spare", night);
  const again = await buyNight(sfc, "sfc:pool:acme:default:spare", night);
  expect(again.order.id).toBe(order.id);
  expect(await sfc.orders.list().toArray({ max: 5 })).toHaveLength(1);
});

test("the program with a fault prints three pools after two requests", async () => {
  await run("startSimulator");
  expect(lines).toEqual(["3 2"]);
});

test("the README states the correct number of operations", () => {
  expect(readme).toContain(`each of the ${Object.keys(operations).length} operations`);
});

test("the README has at most 150 lines, of at most 120 characters outside of links", () => {
  const all = readme.trimEnd().split("\n");
  expect(all.length).toBeLessThanOrEqual(150);
  expect(all.filter((line) => line.replace(/\]\([^)]*\)/g, "]").length > 120)).toEqual([]);
});

test("each file that the README links to exists", () => {
  // Links are absolute once a publisher has set the repository.
  const links = [...readme.matchAll(/\]\((?:https:[^)]*\/blob\/main\/)?([^)#:]+)(?:#[^)]*)?\)/g)].map(
    ([, file = ""]) => file,
  );
  expect(links.length).toBeGreaterThan(10);
  expect(links.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});
