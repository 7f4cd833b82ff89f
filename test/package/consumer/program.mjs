import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { startSimulator } from "sfc-preview-devtools";
import { watchDrift } from "sfc-preview-devtools/drift";
import { ApiError, SfcClient } from "sfc-preview-sdk";
import { createNodeFetch } from "sfc-preview-sdk/node";
import { createPathClient } from "sfc-preview-sdk/paths";

const simulator = await startSimulator();
const options = { baseUrl: simulator.url, token: simulator.token };
const sfc = new SfcClient(options);
const { data } = await createPathClient(options).GET("/preview/v2/me");
assert.equal(data.object, "account");
const pools = [];
for await (const pool of sfc.pools.list({ limit: 1 })) pools.push(pool.name);
assert.ok(pools.length > 1);
await assert.rejects(
  sfc.orders.get("ordr_000000000000000000000"),
  (error) => ApiError.is(error) && error.status === 404,
);
const fetch = createNodeFetch();
const { response, data: me } = await new SfcClient({ ...options, fetch }).account.me().withResponse();
assert.ok(response instanceof Response && me.object === "account");
fetch.close();
const drift = [];
const watched = new SfcClient({ ...options, middleware: [watchDrift({ onDrift: (one) => drift.push(one) })] });
await watched.pools.list();
for (let turn = 0; turn < 10; turn++) await setImmediate();
assert.deepEqual(drift, []);
await simulator.close();
