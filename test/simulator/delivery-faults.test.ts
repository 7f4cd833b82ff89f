import { describe, expect, it } from "vitest";
import type { Fault, FaultRule } from "../../packages/devtools/src/simulator.js";
import { SfcClient } from "../../src/index.js";
import { instanceBody, orderBody, type Session, session } from "./session.js";

async function faulty(fault: Fault, rule: FaultRule = { times: 1 }) {
  const s = await session();
  const handle = s.sim.faults.add({ ...rule, fault });
  const order = (init: RequestInit = {}, key = "order-1") =>
    fetch(`${s.sim.url}/preview/v2/orders`, {
      method: "POST",
      body: JSON.stringify(orderBody(s)),
      ...init,
      headers: { authorization: `Bearer ${s.sim.token}`, "content-type": "application/json", "idempotency-key": key },
    });
  return { s, handle, order, sfc: new SfcClient({ baseUrl: s.sim.url, token: s.sim.token }) };
}

const ordersOf = ({ sim }: Session) => sim.state.orders.length;

/** Waits for turns of the event loop until a condition is true. The test's time limit ends a wait that never succeeds. */
async function until(holds: () => boolean) {
  while (!holds()) await new Promise((turn) => setImmediate(turn));
}

describe("a response", () => {
  it("can be sent before the request body is read, and nothing is executed", async () => {
    const { s, order } = await faulty({ kind: "early", status: 413 });
    const response = await order({ body: " ".repeat(4_000_000) }).catch((error: Error) => error);
    // A client that is still sending may see a closed connection instead.
    if (response instanceof Response) expect(response.status).toBe(413);
    else expect(response.message).toBe("fetch failed");
    expect(ordersOf(s)).toBe(0);
    expect((await order()).status).toBe(201);
  });

  it("can drip, and stops when the client disconnects", async () => {
    const { s, order } = await faulty({ kind: "drip", everyMs: 1 });
    const controller = new AbortController();
    const response = await order({ signal: controller.signal });
    const reader = response.body?.getReader();
    let bytes = 0;
    while (bytes < 3) bytes += (await reader?.read())?.value?.length ?? 0;
    expect(bytes).toBeLessThan(100);
    controller.abort();
    await expect(reader?.read()).rejects.toThrow("aborted");
    expect(ordersOf(s)).toBe(1);
    await s.sim.close();
  });

  it("that drips is complete in the end", async () => {
    const { order } = await faulty({ kind: "drip", everyMs: 0 });
    expect((await (await order()).json()).object).toBe("order");
  });

  it.each(["protocol", "status-line", "header", "length", "chunk"] as const)(
    "can be malformed, and the client repeats the order with its key: %s",
    async (what) => {
      const { s, sfc } = await faulty({ kind: "malformed", what });
      const { attempts } = await sfc.orders.create(orderBody(s) as never).withResponse();
      expect([attempts, ordersOf(s)]).toEqual([2, 1]);
    },
  );

  it.each(["Готово ✓", "O\u0001K", "", "x".repeat(4_000)])("can have the reason phrase %j", async (phrase) => {
    const { s, order, sfc } = await faulty({ kind: "reason", phrase }, { times: 2 });
    const response = await order();
    expect([response.status, response.statusText]).toEqual([201, phrase]);
    expect((await response.json()).object).toBe("order");
    expect((await sfc.orders.create(orderBody(s) as never)).object).toBe("order");
    expect(s.sim.requests.map(({ status }) => status)).toEqual([201, 201]);
  });

  it("can be followed by an unsolicited response, which no later call receives", async () => {
    const { sfc } = await faulty({ kind: "unsolicited", body: { object: "stray" } }, {});
    for (let call = 0; call < 20; call++) expect((await sfc.account.me()).account_id).toBe("acme");
  });
});

describe("a write", () => {
  it("can be executed after the client has given up, and its repeat with the same key places no second order", async () => {
    const { s, order } = await faulty({ kind: "late-commit" });
    const controller = new AbortController();
    const first = order({ signal: controller.signal });
    await until(() => s.sim.requests.length === 1);
    expect(ordersOf(s)).toBe(0);
    controller.abort();
    await expect(first).rejects.toThrow("aborted");
    await until(() => s.sim.requests[0]?.committed === true);
    expect(ordersOf(s)).toBe(1);
    const repeat = await order();
    expect((await repeat.json()).id).toBe(s.sim.state.orders[0]?.id);
    expect(ordersOf(s)).toBe(1);
  });

  it("that waits for the client to give up is not executed when the simulator closes", async () => {
    const { s, order } = await faulty({ kind: "late-commit" });
    const hanging = order();
    hanging.catch(() => undefined);
    await until(() => s.sim.requests.length === 1);
    await s.sim.close();
    await expect(hanging).rejects.toThrow("fetch failed");
    expect(ordersOf(s)).toBe(0);
  });

  it.each(["first", "second"] as const)(
    "can be delivered twice and places one order with a key: %s response",
    async (response) => {
      const { s, order } = await faulty({ kind: "twice", response });
      const { id } = await (await order()).json();
      expect(s.sim.state.orders.map((row) => row.id)).toEqual([id]);
      expect(s.sim.requests).toMatchObject([
        { committed: true, replayed: false, status: 201 },
        { committed: false, replayed: true, status: 201 },
      ]);
    },
  );

  it("without a key creates two resources when it is delivered twice", async () => {
    const { s } = await faulty({ kind: "twice" }, { operation: "create_instance" });
    await s.post("/instances", instanceBody(s));
    expect(s.sim.state.instances).toHaveLength(2);
  });
});

describe("a read that lags", () => {
  it("does not include the last write, and includes it later", async () => {
    const { s } = await faulty({ kind: "lag" }, { times: 2 });
    const { body: pool } = await s.post("/pools", { workspace: s.workspace("default"), name: "new" });
    expect((await s.get(`/pools/${pool.id}`)).status).toBe(404);
    expect((await s.get("/pools")).body.data.map(({ name }: { name: string }) => name)).not.toContain("new");
    expect((await s.get(`/pools/${pool.id}`)).body.name).toBe("new");
    expect((await s.get("/pools")).body.data).toHaveLength(4);
    expect(s.sim.state.pools).toHaveLength(4);
  });

  it("returns earlier values, as many writes back as requested", async () => {
    const { s } = await faulty({ kind: "lag", writes: 2 }, { operation: "fetch_pool" });
    const pool = s.pool("main");
    for (const name of ["one", "two", "three"]) await s.patch(`/pools/${pool}`, { name });
    expect((await s.get(`/pools/${pool}`)).body.name).toBe("one");
    expect(s.sim.state.pools.find(({ id }) => id === pool)?.name).toBe("three");
  });

  it("is not affected by a refused write", async () => {
    const { s } = await faulty({ kind: "lag" }, {});
    await s.post("/pools", { workspace: s.workspace("default"), name: "new" });
    await s.post("/pools", { workspace: s.workspace("default"), name: "new" });
    expect((await s.get("/pools")).body.data).toHaveLength(3);
  });
});
