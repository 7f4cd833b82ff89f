import { afterAll, beforeAll, expect, test } from "vitest";
import { readTour, writeTour } from "../../examples/tour.js";
import { SfcClient } from "../../src/index.js";
import { startMockServer } from "../../src/testing/mock-server.js";
import type { RunningServer } from "../../src/testing/prism.js";

let server: RunningServer;
let sfc: SfcClient;

beforeAll(async () => {
  server = await startMockServer();
  sfc = new SfcClient({ baseUrl: server.url, token: "sk_live_tour", fetch: missingInstance });
});
afterAll(() => server?.close());

/** The mock knows every id; it is told that there is no such instance. */
function missingInstance(url: string, init: RequestInit): Promise<Response> {
  const missing = url.endsWith("/inst_000000000000000000000");
  return fetch(url, { ...init, headers: { ...init.headers, ...(missing && { prefer: "code=404" }) } });
}

test("the tour of reads names the account, the instances and a price", async () => {
  const lines: string[] = [];
  const model = await readTour(sfc, (line) => lines.push(line));
  expect(lines.join("\n")).toMatch(/ada@acme\.example[\s\S]*trainer-1 {2}running[\s\S]*\$18\.900000 per node-hour/);
  expect(model?.object).toBe("instance");
});

test("the tour of writes replaces, raises and terminates what it created, and shows an error", async () => {
  const lines: string[] = [];
  const model = await sfc.instances.get("inst_4RruKo863j9AdzPlu87af");
  await writeTour(sfc, model, (line) => lines.push(line));
  expect(lines.join("\n")).toMatch(/after 1 attempt, key tour-inst_[\s\S]*critical[\s\S]*ApiError 404 not_found/);
});
