import { describe, expect, it } from "vitest";
import { badAnswers, type Fault, type FaultRule } from "../../packages/devtools/src/simulator.js";
import { instanceBody, orderBody, type Session, session } from "./session.js";

/** A simulator with one fault, and a function that sends a plain request to it. */
async function faulty(fault: Fault, rule: FaultRule = {}) {
  const s = await session();
  const handle = s.sim.faults.add({ ...rule, fault });
  const call = (path: string, init: RequestInit = {}) =>
    fetch(`${s.sim.url}/preview/v2${path}`, {
      ...init,
      redirect: "manual",
      headers: { authorization: `Bearer ${s.sim.token}`, "content-type": "application/json" },
    });
  const order = (signal?: AbortSignal) =>
    call("/orders", {
      method: "POST",
      body: JSON.stringify(orderBody(s)),
      ...(signal === undefined ? {} : { signal }),
    });
  return { s, handle, call, order };
}

const ordersOf = ({ sim }: Session) => sim.state.orders.length;
const lastRequest = ({ sim }: Session) => sim.requests.at(-1);

describe("a connection", () => {
  it.each([
    ["refused before reading", { kind: "refuse" }, 0],
    ["reset before anything is done", { kind: "reset", when: "before" }, 0],
    ["reset after the order is placed", { kind: "reset", when: "after" }, 1],
  ] as const)("can be %s", async (_, fault, committed) => {
    const { s, order } = await faulty(fault, { times: 1 });
    await expect(order()).rejects.toThrow("fetch failed");
    expect(ordersOf(s)).toBe(committed);
    expect(lastRequest(s)).toMatchObject({ committed: committed === 1, status: undefined, fault: fault.kind });
    expect((await order()).status).toBe(201);
  });

  it("can break in the middle of the body, after the commit", async () => {
    const { s, order } = await faulty({ kind: "truncate" });
    const response = await order();
    expect(response.status).toBe(201);
    await expect(response.text()).rejects.toThrow();
    expect(ordersOf(s)).toBe(1);
  });

  it("can be closed cleanly after the response", async () => {
    const { call } = await faulty({ kind: "close" });
    const response = await call("/me");
    expect(response.headers.get("connection")).toBe("close");
    expect((await response.json()).account_id).toBe("acme");
  });
});

describe("a stall", () => {
  it("before the headers ends when the client disconnects, and the operation is executed unless the fault prevents it", async () => {
    for (const [commit, committed] of [
      [undefined, 1],
      [false, 0],
    ] as const) {
      const { s, order } = await faulty({ kind: "stall", at: "headers", ...(commit === undefined ? {} : { commit }) });
      const controller = new AbortController();
      const hanging = order(controller.signal);
      await until(() => lastRequest(s)?.committed === (committed === 1));
      controller.abort();
      await expect(hanging).rejects.toThrow("aborted");
      expect(ordersOf(s)).toBe(committed);
    }
  });

  it("in the body sends the headers and half of the body, and ends when the simulator closes", async () => {
    const { s, call } = await faulty({ kind: "stall", at: "body" });
    const response = await call("/me");
    expect(response.status).toBe(200);
    const reader = response.body?.getReader();
    expect((await reader?.read())?.value?.length).toBeGreaterThan(10);
    const rest = reader?.read();
    await s.sim.close();
    await expect(rest).rejects.toThrow();
  });
});

/** Waits for turns of the event loop until a condition is true. The test's time limit ends a wait that never succeeds. */
async function until(holds: () => boolean) {
  while (!holds()) await new Promise((turn) => setImmediate(turn));
}

describe("another response", () => {
  it.each([
    ["408", badAnswers.timeout(), 408, null],
    ["429 with Retry-After", badAnswers.tooMany("2"), 429, "2"],
    ["500", badAnswers.internal(), 500, null],
    ["503 with a date", badAnswers.unavailable("Tue, 28 Jul 2026 08:00:05 GMT"), 503, "Tue, 28 Jul 2026 08:00:05 GMT"],
    ["503 with a huge wait", badAnswers.unavailable("99999999999"), 503, "99999999999"],
    ["503 with garbage", badAnswers.unavailable("soon"), 503, "soon"],
  ] as const)("can be %s, and nothing is done", async (_, fault, status, retryAfter) => {
    const { s, order } = await faulty(fault);
    const response = await order();
    expect([response.status, response.headers.get("retry-after")]).toEqual([status, retryAfter]);
    expect((await response.json()).error.message).toBe("this response is a fault");
    expect(ordersOf(s)).toBe(0);
  });

  it("can replace the response to a placed order", async () => {
    const { s, order } = await faulty({ kind: "answer", status: 503, commit: true });
    expect((await order()).status).toBe(503);
    expect(ordersOf(s)).toBe(1);
    expect(lastRequest(s)).toMatchObject({ committed: true, status: 503 });
  });

  it("can be HTML, empty, a 200 without JSON, or half of the JSON", async () => {
    const text = async (fault: Fault) => {
      const { call } = await faulty(fault);
      const response = await call("/me");
      return [response.status, response.headers.get("content-type"), await response.text()] as const;
    };
    expect(await text(badAnswers.badGateway())).toMatchObject([502, "text/html", expect.stringContaining("<h1>")]);
    expect((await text(badAnswers.empty(500)))[2]).toBe("");
    expect(await text({ kind: "not-json" })).toMatchObject([200, "text/html", expect.stringContaining("Welcome")]);
    const [status, , half] = await text({ kind: "half-json" });
    expect(status).toBe(200);
    expect(() => JSON.parse(half)).toThrow();
  });

  it("can be a redirect to another origin", async () => {
    const { call } = await faulty({ kind: "redirect", location: "https://elsewhere.example/" });
    const response = await call("/me");
    expect([response.status, response.headers.get("location")]).toEqual([307, "https://elsewhere.example/"]);
  });

  it("can contain unknown members and enum values", async () => {
    const { s, call, handle } = await faulty({ kind: "unknown", what: "enums" }, { operation: "list_instances" });
    await s.post("/instances", instanceBody(s));
    expect((await (await call("/instances")).json()).data[0].status).toBe("added_in_2031");
    handle.remove();
    s.sim.faults.add({ fault: { kind: "unknown", what: "members" } });
    const body = await (await call("/instances")).json();
    expect(body.data[0]).toMatchObject({
      status: "awaiting_allocation",
      added_in_2031: {},
      pool: { added_in_2031: {} },
    });
  });
});

describe("a misleading page", () => {
  async function pages(change: Extract<Fault, { kind: "page" }>["change"], nth: number) {
    const { s, call } = await faulty({ kind: "page", change }, { operation: "list_users_handler", nth });
    const seen: { cursor?: string | null; has_more: boolean; data: { id: string }[] }[] = [];
    for (let cursor: string | undefined; seen.length < 4; ) {
      const page = await (
        await call(`/users?limit=1${cursor === undefined ? "" : `&starting_after=${cursor}`}`)
      ).json();
      seen.push(page);
      if (!page.has_more || !page.cursor) break;
      cursor = page.cursor;
    }
    return { s, seen, ids: seen.flatMap(({ data }) => data.map(({ id }) => id)) };
  }

  it("can repeat the requested cursor", async () => {
    const { seen } = await pages("repeat-cursor", 2);
    expect(seen[1]?.cursor).toBe(seen[0]?.cursor);
    expect(seen[1]?.has_more).toBe(true);
  });

  it.each([
    ["null-cursor", null],
    ["missing-cursor", undefined],
    ["empty-cursor", ""],
  ] as const)("can say has_more with a %s", async (change, cursor) => {
    const { seen } = await pages(change, 1);
    expect([seen[0]?.has_more, seen[0]?.cursor]).toEqual([true, cursor]);
  });

  it.each([1, 2])("can be empty without losing a row, as page %i", async (nth) => {
    const { seen, ids } = await pages("empty-page", nth);
    expect(seen[nth - 1]?.data).toEqual([]);
    expect(ids).toEqual(["grace", "ada"]);
    expect(new Set(seen.map(({ cursor }) => cursor)).size).toBe(3);
  });
});

describe("a rule", () => {
  it("applies only to the n-th calls of its operation", async () => {
    const { call, handle } = await faulty(badAnswers.internal(), { operation: "getMe", nth: [2, 3] });
    const statuses: number[] = [];
    for (const path of ["/me", "/users", "/me", "/me", "/me"]) statuses.push((await call(path)).status);
    expect(statuses).toEqual([200, 200, 500, 500, 200]);
    expect(handle.struck).toBe(2);
  });

  it("applies to random calls that the seed selects", async () => {
    const run = async () => {
      const { call } = await faulty(badAnswers.internal(), { probability: 0.5 });
      const statuses: number[] = [];
      for (let i = 0; i < 20; i++) statuses.push((await call("/me")).status);
      return statuses;
    };
    const first = await run();
    expect(new Set(first)).toEqual(new Set([200, 500]));
    expect(await run()).toEqual(first);
  });

  it("can be set at the start, limited in number, and removed", async () => {
    const s = await session({ faults: [{ times: 1, fault: badAnswers.internal() }] });
    expect((await s.get("/me")).status).toBe(500);
    expect((await s.get("/me")).status).toBe(200);
    s.sim.faults.add({ fault: badAnswers.internal() });
    s.sim.faults.clear();
    expect((await s.get("/me")).status).toBe(200);
  });
});

describe("faults of presigned URLs", () => {
  it("can break an upload or truncate a download", async () => {
    const s = await session();
    const { body: image } = await s.post("/images", { workspace: s.workspace("default") });
    const { body: part } = await s.post(`/images/${image.id}/parts`, { part_id: 1 });
    s.sim.faults.add({ operation: "upload_part", nth: 1, fault: badAnswers.unavailable() });
    const put = () => fetch(part.url, { method: "PUT", body: "0123456789" });
    expect((await put()).status).toBe(503);
    expect((await s.get(`/images/${image.id}`)).body.upload_status).toBe("started");
    expect((await put()).status).toBe(200);
    await s.post(`/images/${image.id}/complete`, { sha256: "0".repeat(64) });

    const { body: download } = await s.get(`/images/${image.id}/download`);
    s.sim.faults.add({ operation: "download_bytes", nth: 1, fault: { kind: "truncate" } });
    await expect((await fetch(download.url)).text()).rejects.toThrow();
    expect(await (await fetch(download.url)).text()).toBe("0123456789");
  });
});
