import { expect, test } from "vitest";
import { createNodeFetch } from "../../src/node.js";
import { downloadImage, uploadImage } from "../../src/workflows.js";
import { bytesOf, hashOf } from "../workflows/files.js";
import { orderBody } from "./bodies.js";
import { readBothWays } from "./both-ways.js";
import { refusal } from "./refusals.js";
import { useWorld } from "./world.js";

/* A sample of each kind of call over node:http. `npm run test:node-transport` sends all of the suites that way. */

const fetch = createNodeFetch();
const world = useWorld({ fetch });

test("an order is placed once under its key and can be read, and an error of the service is returned", async () => {
  const w = await world();
  const { id } = await w.sfc.orders.create(orderBody(w), { idempotencyKey: "one" });
  expect((await w.sfc.orders.create(orderBody(w), { idempotencyKey: "one" })).id).toBe(id);
  w.simulator.advance({ seconds: 1 });
  const { data, requestId, response } = await w.sfc.orders.get(id).withResponse();
  expect([data.status, response instanceof Response]).toEqual(["filled", true]);
  expect(requestId).toBe(response.headers.get("x-request-id"));
  await expect(w.sfc.orders.get("ordr_000000000000000000000")).rejects.toMatchObject(refusal(404));
});

test("a list reads the same in both directions", async () => {
  const w = await world();
  for (let made = 0; made < 5; made++) await w.sfc.pools.create({ workspace: w.workspace("default") });
  const { forward, backward, pages } = await readBothWays((place) => w.sfc.pools.list(place), 2);
  expect(pages).toBeGreaterThan(2);
  expect(backward).toEqual(forward);
});

test("an image is uploaded and downloaded again without a change of its bytes", async () => {
  const w = await world();
  const bytes = bytesOf(6_000_000);
  const transfer = { fetch, workspace: w.workspace("default"), name: "fresh", partSize: 5 * 1024 ** 2 };
  const { id } = await uploadImage(w.sfc, new Blob([bytes]), transfer);
  const pieces: Uint8Array[] = [];
  const target = new WritableStream<Uint8Array>({ write: (piece) => void pieces.push(piece) });
  const { sha256 } = await downloadImage(w.sfc, id, target, { fetch });
  expect(sha256).toBe(hashOf(bytes));
  expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
});

test("a resource is changed and deleted by calls whose responses have no body", async () => {
  const w = await world();
  const { id } = await w.sfc.pools.create({ workspace: w.workspace("default") });
  expect((await w.sfc.pools.update(id, { name: "renamed" })).name).toBe("renamed");
  expect(await w.sfc.pools.delete(id)).toBeUndefined();
  await expect(w.sfc.pools.get(id)).rejects.toMatchObject(refusal(404));
});
