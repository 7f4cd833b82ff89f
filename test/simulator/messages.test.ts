import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instanceBody, orderBody, type Session, session } from "./session.js";

/** The error for a refused body: its message, and the field and message of each detail. */
async function refusal(s: Session, path: string, body: unknown) {
  const response = await s.post(path, body);
  expect([400, 422]).toContain(response.status);
  const { message, details = [] } = response.body.error;
  return { message, details: details as { field: string | null; code: string; message: string }[] };
}

describe("the message for an invalid body names the invalid field and what it must be", () => {
  it.each([
    ["/orders", { pool: undefined }, 'pool is missing: it must be text such as "pool_'],
    ["/orders", { pool: "nope" }, 'pool must be text such as "pool_'],
    ["/orders", { pool: null }, 'pool must be text such as "pool_'],
    ["/orders", { pool: 7 }, "not 7"],
    ["/orders", { instance_sku: "richmond" }, 'instance_sku must be text such as "isku_'],
    ["/orders", { side: "bid" }, 'side must be "sell" or "buy", not "bid"'],
    ["/orders", { allow_partial: "yes" }, 'allow_partial must be true or false, not "yes"'],
    ["/orders", { limit_price_dollars_per_node_hour: 17 }, "limit_price_dollars_per_node_hour must be text such as"],
    ["/orders", { limit_price_dollars_per_node_hour: "17" }, 'not "17"'],
    ["/orders", { allocation_schedule_delta: {} }, "allocation_schedule_delta must be a list, not an object"],
    [
      "/orders",
      { allocation_schedule_delta: [{ start_at: 1.5, node_count: 1 }] },
      "allocation_schedule_delta.0.start_at must be a whole number, not 1.5",
    ],
    ["/orders", { limit_price: "1.0" }, "limit_price is unknown; use one of pool, side, "],
    [
      "/orders",
      { allocation_schedule_delta: [{ start_at: 60, end_at: 120, nodes: 1, node_count: 1 }] },
      "allocation_schedule_delta.0.nodes is unknown",
    ],
    [
      "/instances",
      { tags: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, "v"])) },
      "tags must have at most 50 members, not 51",
    ],
    ["/instances", { tags: { "a b": "v" } }, "tags.a b has a name that must be text such as"],
    ["/instances", { tags: { a: "x=y" } }, "tags.a must be text such as"],
    ["/instances", { tags: { a: "x".repeat(257) } }, "tags.a must be at most 256 characters long, not 257"],
    ["/instances", { tags: [] }, "tags must be an object, not a list"],
    ["/instances", { name: "" }, "name must be text such as"],
    ["/instances", { name: "-x" }, 'name must be text such as "trainer-1"'],
    ["/instances", { imge: "x", image: undefined }, "imge is unknown; use one of name, pool, image, "],
  ] as const)("%s %j", async (path, change, expected) => {
    const s = await session();
    const make = path === "/orders" ? orderBody : instanceBody;
    const { message, details } = await refusal(s, path, make(s, change));
    expect(message).toContain(expected);
    expect(message).not.toContain("must be null");
    const [, first = ""] = /not valid: (.+?) (?:must|is|has) /.exec(message) ?? [];
    expect(details[0]?.field).toBe(first);
  });

  it.each([
    ["/deployments", {}, "kind"],
    ["/deployments", { kind: "sot" }, "kind must be"],
    ["/deployments", { kind: "spot" }, "max_buy_price_dollars_per_node_hour is missing"],
    ["/deployments", { kind: "generic", max_buy_price_dollars_per_node_hour: "1.0" }, "pool is missing"],
    [
      "/order_preview",
      { side: "buy", requirements: { accelerator: "h100" } },
      "requirements.accelerator must be a list",
    ],
    ["/procurements", { target: "all" }, 'target must be "node_count", or a whole number of 0 or more'],
    ["/pools", [], "it must be an object, not a list"],
    ["/pools", null, "it must be an object, not null"],
    ["/pools", "x", 'it must be an object, not "x"'],
  ] as const)("%s %j", async (path, body, expected) => {
    const s = await session();
    expect((await refusal(s, path, body)).message).toContain(expected);
  });

  it("never refers to a branch of a union that does not apply", async () => {
    const s = await session();
    const value = fc.oneof(
      fc.constant(null),
      fc.string(),
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.constant([]),
      fc.object(),
    );
    const names = [
      "name",
      "pool",
      "image",
      "instance_sku",
      "tags",
      "priority_level",
      "firewall",
      "cloud_init_user_data",
    ];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), value, async (name, wrong) => {
        const before = s.sim.state.instances.length;
        const { status, body } = await s.post("/instances", instanceBody(s, { [name]: wrong }));
        if (status === 201) return;
        expect(s.sim.state.instances).toHaveLength(before);
        expect(body.error.message).not.toMatch(/must be null|undefined|must have required|must match/);
        if (status === 422 || status === 400) expect(body.error.message).toContain(name);
      }),
      { numRuns: 150, seed: 7 },
    );
  });
});

describe("unknown fields", () => {
  it.each(["/pools?limt=1", "/me?expand=all", "/instances?status=running&statuses=failed"])(
    "in a query are refused by name: %s",
    async (path) => {
      const { sim } = await session();
      const response = await fetch(`${sim.url}/preview/v2${path}`, {
        headers: { authorization: `Bearer ${sim.token}` },
      });
      expect(response.status).toBe(422);
      const { error } = await response.json();
      expect(error.message).toMatch(/query is not valid: (limt|expand|statuses) is unknown; /);
      expect(error.details[0].code).toBe("unknown_field");
    },
  );

  it("are ignored if that is assumed", async () => {
    const s = await session({ assumptions: { unknownFields: "ignore" } });
    expect((await s.get("/pools?limt=1")).status).toBe(200);
    expect((await s.post("/pools", { workspace: s.workspace("default"), nme: "x" })).status).toBe(201);
    expect((await s.post("/pools", { nme: "x" })).body.error.message).toContain("workspace is missing");
  });
});
