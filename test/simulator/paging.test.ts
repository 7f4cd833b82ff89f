import { describe, expect, it } from "vitest";
import { often } from "../support/long.js";
import { instanceBody, orderBody, type Session, session } from "./session.js";

interface Row {
  readonly id: string;
}

async function makeInstances(s: Session, count: number): Promise<string[]> {
  const body = instanceBody(s);
  const ids: string[] = [];
  for (let i = 0; i < count; i++) ids.push((await s.post("/instances", body)).body.id);
  return ids;
}

/** Reads all pages until `has_more` is false. */
async function walk(s: Session, path: string, parameter: "starting_after" | "ending_before", cursor?: string) {
  const pages: { ids: string[]; cursor: string }[] = [];
  for (let next = cursor; ; ) {
    const { body } = await s.get(`${path}${next === undefined ? "" : `&${parameter}=${next}`}`);
    pages.push({ ids: body.data.map(({ id }: Row) => id), cursor: body.cursor });
    if (!body.has_more) return pages;
    next = body.cursor;
  }
}

describe("paging", () => {
  it("returns the same rows forward and backward, with the documented cursor prefix", async () => {
    const s = await session();
    const ids = (await makeInstances(s, 7)).reverse();
    const forward = await walk(s, "/instances?limit=3", "starting_after");
    expect(forward.map((page) => page.ids)).toEqual([ids.slice(0, 3), ids.slice(3, 6), ids.slice(6)]);
    expect(forward[0]?.cursor).toMatch(/^nodec_[A-Za-z0-9_-]+$/);
    const back = await walk(s, "/instances?limit=3", "ending_before", forward[2]?.cursor);
    expect(back.map((page) => page.ids)).toEqual([ids.slice(3, 6), ids.slice(0, 3)]);
  });

  it("returns thousands of instances in both directions without losing or repeating one", async () => {
    const count = often(2_000, 10_000);
    const s = await session({ world: { instances: [{ pool: "main", sku: "richmond", count }] } });
    const forward = await walk(s, "/instances?limit=200", "starting_after");
    const ids = forward.flatMap((page) => page.ids);
    expect(new Set(ids)).toEqual(new Set(s.sim.state.instances.map(({ id }) => id)));
    expect(ids).toHaveLength(count);
    const back = await walk(s, "/instances?limit=200", "ending_before", forward.at(-1)?.cursor);
    expect(back.reverse().flatMap((page) => page.ids)).toEqual(ids.slice(0, -200));
  }, 120_000);

  it("loses and repeats nothing when rows are added and deleted between pages", async () => {
    const s = await session();
    const ids = (await makeInstances(s, 6)).reverse();
    const first = await s.get("/instances?limit=2");
    // The row to which the cursor points is deleted, and a newer one is added.
    await s.post(`/instances/${ids[1]}/terminate`);
    await s.delete(`/instances/${ids[1]}`);
    await makeInstances(s, 1);
    const rest = await walk(s, "/instances?limit=2", "starting_after", first.body.cursor);
    expect(rest.flatMap((page) => page.ids)).toEqual(ids.slice(2));
  });

  it("defaults to 50 rows and accepts up to 200, or 50 for templates, procurements and deployments", async () => {
    const s = await session();
    await makeInstances(s, 51);
    const { body } = await s.get("/instances");
    expect([body.data.length, body.has_more]).toEqual([50, true]);
    expect((await s.get("/instances?limit=200")).body.has_more).toBe(false);
    for (const path of [
      "/instances?limit=201",
      "/instances?limit=0",
      "/instances?limit=x",
      "/instance_templates?limit=51",
    ]) {
      expect((await s.get(path)).status).toBe(422);
    }
    // The operation for images declares 400 instead.
    expect((await s.get("/images?limit=201")).status).toBe(400);
  });

  it("clamps the limits of the orderbook, and other limits if that is assumed", async () => {
    const s = await session({ assumptions: { limitOutOfRange: "clamp" } });
    expect((await s.get(`/orderbook/fills?start_at=0&end_at=${s.hour(9)}&limit=5000`)).status).toBe(200);
    expect((await s.get("/instances?limit=5000")).status).toBe(200);
  });

  it("refuses cursors of other lists and other sort orders, and two cursors at once", async () => {
    const s = await session();
    await makeInstances(s, 1);
    await s.post("/orders", orderBody(s));
    const instances = (await s.get("/instances")).body.cursor;
    const orders = (await s.get("/orders?sort_by=start_at")).body.cursor;
    for (const path of [
      `/pools?starting_after=${instances}`,
      `/instances?starting_after=nodec_${Buffer.from("nonsense").toString("base64url")}`,
      `/instances?starting_after=${instances}&ending_before=${instances}`,
      `/orders?starting_after=${orders}`,
    ]) {
      expect((await s.get(path)).status, path).toBe(422);
    }
    expect((await s.get(`/orders?sort_by=start_at&starting_after=${orders}`)).status).toBe(200);
  });

  it.each([
    ["/instance_skus", "iskuc_"],
    ["/instance_skus/availability", "iskuc_"],
    ["/pools", "poolc_"],
    ["/images", "imagec_"],
    ["/users", "usrc_"],
  ])("gives %s the cursor prefix %s", async (path, start) => {
    const s = await session();
    expect((await s.get(path)).body.cursor.startsWith(start)).toBe(true);
  });

  it("returns an empty list without a cursor", async () => {
    const s = await session();
    expect((await s.get("/procurements")).body).toEqual({ object: "list", data: [], has_more: false, cursor: null });
  });

  it("can return the oldest first, and base has_more of a backward page on the rows after it", async () => {
    const s = await session({ assumptions: { defaultOrder: "oldest", hasMoreBackward: "forward" } });
    const ids = await makeInstances(s, 3);
    const last = await s.get("/instances?limit=2");
    expect(last.body.data.map(({ id }: Row) => id)).toEqual(ids.slice(0, 2));
    const next = await s.get(`/instances?limit=2&starting_after=${last.body.cursor}`);
    expect((await s.get(`/instances?limit=2&ending_before=${next.body.cursor}`)).body.has_more).toBe(true);
  });
});
