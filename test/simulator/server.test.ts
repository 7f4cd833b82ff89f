import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { startSimulator } from "../../packages/devtools/src/simulator.js";
import { session } from "./session.js";

const json = { "content-type": "application/json" };

describe("the server", () => {
  it("listens on the loopback address, on a free port, until it is closed", async () => {
    const simulator = await startSimulator();
    expect(simulator.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    await simulator.close();
    await simulator.close();
    await expect(fetch(simulator.url)).rejects.toThrow("fetch failed");
  });

  it("closes automatically at the end of its scope", async () => {
    const simulator = await startSimulator();
    await simulator[Symbol.asyncDispose]();
    await expect(fetch(simulator.url)).rejects.toThrow("fetch failed");
  });

  it("refuses a port in use", async () => {
    const s = await session();
    await expect(startSimulator({ port: Number(new URL(s.sim.url).port) })).rejects.toThrow("EADDRINUSE");
  });

  it("can be called from a page of any origin", async () => {
    const s = await session();
    const preflight = await fetch(`${s.sim.url}/preview/v2/orders`, {
      method: "OPTIONS",
      headers: {
        origin: "https://app.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,idempotency-key",
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-headers")).toContain("idempotency-key");
    expect((await s.get("/me")).headers.get("access-control-allow-origin")).toBe("*");
  });

  it("keeps a log of requests, and each response has the number of its entry", async () => {
    const s = await session();
    const { headers } = await s.get("/users?limit=1");
    expect(headers.get("x-request-id")).toBe("req_1");
    expect(s.sim.requests[0]).toEqual({
      number: 1,
      method: "GET",
      path: "/preview/v2/users?limit=1",
      operation: "users.list",
      operationId: "list_users_handler",
      idempotencyKey: undefined,
      authorization: true,
      status: 200,
      committed: false,
      replayed: false,
      fault: undefined,
    });
  });

  it("returns 404 with the usual error body for an unknown operation", async () => {
    const s = await session();
    for (const [method, path] of [
      ["GET", "/preview/v2/nothing"],
      ["PUT", "/preview/v2/orders"],
      ["GET", "/v2/orders"],
    ] as const) {
      const response = await fetch(s.sim.url + path, { method });
      expect(response.status).toBe(404);
      expect((await response.json()).error.type).toBe("not_found");
    }
  });

  it("does not change the globals of its process", async () => {
    const before = [globalThis.Request, globalThis.Response];
    await session();
    expect([globalThis.Request, globalThis.Response]).toEqual(before);
  });

  it.each([
    ["no JSON", "{", json],
    ["JSON under another type", "{}", { "content-type": "text/plain" }],
    ["no body", undefined, json],
  ])("refuses %s as a body", async (_, body, headers) => {
    const s = await session();
    const response = await fetch(`${s.sim.url}/preview/v2/pools`, {
      method: "POST",
      headers: { ...headers, authorization: `Bearer ${s.sim.token}` },
      ...(body === undefined ? {} : { body }),
    });
    expect(response.status).toBe(422);
  });

  it("names the invalid fields", async () => {
    const s = await session();
    const { body } = await s.post("/pools", { workspace: "nope", name: 1 });
    const fields = body.error.details.map((detail: { field: string }) => detail.field);
    expect(fields).toContain("workspace");
    expect(fields).toContain("name");
  });

  it("names the member of a world that is inconsistent", async () => {
    await expect(startSimulator({ world: { pools: [{ name: "p", workspace: "nowhere" }] } })).rejects.toThrow(
      "nowhere",
    );
  });
});

it("returns 501 for an operation that only a newer description has", async () => {
  const description = JSON.parse(await readFile(new URL("../../openapi/bundled.json", import.meta.url), "utf8"));
  const get = { ...description.paths["/preview/v2/me"].get, operationId: "list_firewalls", parameters: [] };
  description.paths["/preview/v2/firewalls"] = { get };
  await using sim = await startSimulator({ description });
  const headers = { authorization: `Bearer ${sim.token}` };
  const response = await fetch(`${sim.url}/preview/v2/firewalls`, { headers });
  expect(response.status).toBe(501);
  expect(await response.json()).toMatchObject({ error: { type: "not_implemented" } });
});

it("keepRequests limits the log of requests, whose numbers continue", async () => {
  const { sim, get } = await session({ keepRequests: 2 });
  for (let call = 0; call < 5; call++) await get("/me");
  expect(sim.requests.map(({ number }) => number)).toEqual([4, 5]);
});
