/**
 * The functions that must work everywhere, as one program that imports nothing from the runtime. Its arguments are the entry points of the package and the
 * URL of a simulator with two faults: the response to the second order is lost, and no request for a list of images gets a response.
 */

/** The checks in the order in which they run. A later one may use the result of an earlier one. */
export const checks = {
  import: async ({ entries, state }) => {
    for (const [name, load] of Object.entries(entries)) {
      expect(Object.keys(await load()).length > 0, `${name} exports nothing`);
    }
    state.sdk = await entries["."]();
  },

  list: async ({ options, state }) => {
    state.sfc = new state.sdk.SfcClient(options);
    const pools = await collect(state.sfc.pools.list());
    expect(pools.length === 3, `expected the 3 pools of the simulated world, got ${pools.length}`);
    state.pool = pools.find(({ name }) => name === "main");
  },

  page: async ({ state }) => {
    const sizes = [];
    for await (const page of state.sfc.pools.list({ limit: 2 }).pages()) sizes.push(page.data.length);
    expect(sizes.join() === "2,1", `expected pages of 2 and 1, got ${sizes}`);
  },

  "create with a key": async ({ state }) => {
    const { sfc, pool } = state;
    const inAnHour = Math.ceil(Date.now() / 60_000) * 60 + 3_600;
    const wanted = { side: "buy", start_at: inAnHour, duration_seconds: 7_200, node_count: 1, requirements: {} };
    const preview = await sfc.orders.preview({ ...wanted, pool: pool.id });
    expect(preview.type === "quoted", `the preview is ${preview.type}`);
    state.order = preview.post_order_body;
    const { data, idempotencyKey } = await sfc.orders.create(state.order).withResponse();
    expect(/^[0-9a-f-]{36}$/.test(idempotencyKey), "the key that was made is no UUID");
    expect((await sfc.orders.get(data.id)).id === data.id, "the order cannot be found again");
  },

  "replay after a fault": async ({ state }) => {
    const { sfc, order } = state;
    const before = (await collect(sfc.orders.list())).length;
    const { id } = await sfc.orders.create(order, { idempotencyKey: "compat-replay" });
    const after = await collect(sfc.orders.list());
    expect(after.length === before + 1, `one order was meant, ${after.length - before} were placed`);
    expect(
      after.some((each) => each.id === id),
      "the order that was returned is not the one that was placed",
    );
  },

  error: async ({ state }) => {
    const error = await failureOf(state.sfc.orders.get("ordr_000000000000000000000"));
    const { ApiError } = state.sdk;
    expect(ApiError.is(error) && error instanceof ApiError, `expected an ApiError, got ${error}`);
    expect(error.status === 404 && error.type === "not_found", `got ${error.status} ${error.type}`);
    expect(error.requestId?.startsWith("req_"), "the request id is missing");
  },

  abort: async ({ state }) => {
    const controller = new AbortController();
    const call = state.sfc.images.list({}, { signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    const error = await failureOf(call);
    expect(state.sdk.AbortError.is(error), `expected an AbortError, got ${error}`);
  },
};

/** Runs every check. The results can be serialized as JSON. */
export async function run(entries, options) {
  const context = { entries, options, state: {} };
  const results = [];
  for (const [check, body] of Object.entries(checks)) {
    try {
      await body(context);
      results.push({ check });
    } catch (error) {
      results.push({ check, failure: `${error?.name}: ${error?.message}` });
    }
  }
  return results;
}

async function collect(iterable) {
  const rows = [];
  for await (const row of iterable) rows.push(row);
  return rows;
}

async function failureOf(call) {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error("the call succeeded");
}

function expect(condition, message) {
  if (!condition) throw new Error(message);
}
