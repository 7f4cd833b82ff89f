import { createHmac } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = readFileSync(join(root, "docs/middleware.md"), "utf8");
const programs = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = ""]) => code);

let folder: string;
let lines: string[];

beforeEach(() => {
  mkdirSync(join(root, ".tmp"), { recursive: true });
  folder = mkdtempSync(join(root, ".tmp/programs-"));
  lines = [];
  vi.stubEnv("SF_API_KEY", "sk_live_5up3r_s3cr3t");
  vi.stubEnv("GATEWAY_SECRET", "shared");
  vi.spyOn(console, "log").mockImplementation((line: unknown) => void lines.push(String(line)));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** Runs a program of the page as printed, with responses from `respond`. */
async function run(title: RegExp, respond: (url: string, init: RequestInit) => Response | Promise<Response>) {
  const code = programs.find((program) => title.test(program)) ?? "";
  expect(code).not.toBe("");
  const requests: { url: string; headers: Record<string, string> }[] = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    requests.push({ url, headers: init.headers as Record<string, string> });
    return respond(url, init);
  });
  const file = join(folder, "program.ts");
  writeFileSync(file, code.replace('"sfc-preview-sdk"', '"../../src/index.js"'));
  await import(file);
  return requests;
}

const list = (count: number) => () =>
  Response.json({ data: Array.from({ length: count }, (_, n) => ({ id: `inst_${n}` })), has_more: false });

test("logs every attempt", async () => {
  const responses = [() => new Response("", { status: 503, headers: { "retry-after": "0" } }), list(3)];
  await run(/logAttempts/, () => (responses.shift() ?? list(0))());
  expect(lines).toEqual([
    expect.stringMatching(/^instances\.list attempt 1: 503 after \d+ ms$/),
    expect.stringMatching(/^instances\.list attempt 2: 200 after \d+ ms$/),
    "3",
  ]);
});

test("adds a header", async () => {
  const requests = await run(/addTraceId/, list(2));
  expect(requests[0]?.headers["x-trace-id"]).toMatch(/^[0-9a-f-]{36}$/);
  expect(lines).toEqual(["2"]);
});

test("signs requests for a gateway", async () => {
  const [request] = await run(/signWith/, list(1));
  const expected = createHmac("sha256", "shared").update(`GET\n${request?.url}\n`).digest("hex");
  expect(request?.headers["x-signature"]).toBe(expected);
});

test.each([
  ["fresh", 0, 1],
  ["stale", 20_000, 3],
])("caches reads, and serves %s ones during an outage", async (_, ageMs, sent) => {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  vi.mocked(console.log).mockImplementation((line: unknown) => {
    lines.push(String(line));
    now += ageMs;
  });
  const responses = [list(4)];
  const requests = await run(/cacheReads/, () => responses.shift()?.() ?? new Response("", { status: 501 }));
  expect(requests).toHaveLength(sent);
  expect(lines).toEqual(["4", "4", "4"]);
});

test("limits how many requests run at once", async () => {
  let [running, most] = [0, 0];
  const requests = await run(/limitTo/, async (url) => {
    if (!/instances\/inst_/.test(url)) return list(12)();
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    return Response.json({ id: "inst_1" });
  });
  expect(requests).toHaveLength(13);
  expect(most).toBe(4);
  expect(lines).toEqual(["12"]);
});
