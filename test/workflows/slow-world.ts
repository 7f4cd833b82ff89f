import { SfcClient } from "../../src/index.js";
import * as workflows from "../../src/workflows.js";
import type { Fetch } from "../../src/wrappers/options.js";
import { type VirtualRuntime, virtualRuntime } from "../support/virtual-runtime.js";

/** The parts of a request that decide its response. */
interface Asked {
  readonly method: string;
  /** The path without its prefix and query, such as `instances/inst_1/ssh`. */
  readonly path: string;
  /** The number of earlier requests of this kind. */
  readonly nth: number;
}

export type Responses = (asked: Asked) => Response;

export interface SlowWorld {
  readonly clock: VirtualRuntime;
  readonly fetch: Fetch;
  readonly sfc: SfcClient;
  /** The time of each request, in milliseconds of the clock. */
  readonly sentAt: number[];
  readonly retriesAt: number[];
}

/** A client and a fetch on which every request takes `ms`, with a clock that the test moves. */
export function slowWorld(ms: number, responses: Responses, clock: VirtualRuntime = virtualRuntime()): SlowWorld {
  const sentAt: number[] = [];
  const counts = new Map<string, number>();
  const fetch: Fetch = (url, { method = "GET", signal }) =>
    new Promise((resolve, reject) => {
      sentAt.push(clock.monotonicMs());
      const path = new URL(url).pathname.replace("/preview/v2/", "");
      const nth = counts.get(`${method} ${path}`) ?? 0;
      counts.set(`${method} ${path}`, nth + 1);
      const timer = clock.setTimeout(() => resolve(responses({ method, path, nth })), ms);
      signal?.addEventListener("abort", () => {
        clock.clearTimeout(timer);
        reject(signal.reason);
      });
    });
  const sfc = new SfcClient({ token: "sk_live_5up3r_s3cr3t", fetch, runtime: clock, timeoutMs: 10_000_000_000 });
  return { clock, fetch, sfc, sentAt, retriesAt: [] };
}

export const refusal = (status: number, headers: Record<string, string> = {}): Response =>
  Response.json({ error: { type: "api_error", message: "no" } }, { status, headers });

const image = (upload_status: string) => ({ object: "image", id: "image_1", name: "trainer", upload_status });
const order = { object: "order", id: "ordr_1", status: "pending" };

/** A service on which nothing ever ends: lists always have another page, waiters never reach their goal, and writes are lost. */
export const endless: Responses = ({ method, path, nth }) => {
  const [resource, , action] = path.split("/");
  if (method === "PUT") return refusal(503);
  if (method === "POST" && path === "images") return Response.json(image("started"), { status: 201 });
  if (method === "POST" && action === "parts") return Response.json({ url: "https://store.test/part", part_id: 1 });
  if (method === "POST" && resource === "order_preview") return refusal(503);
  if (method === "POST") return refusal(500);
  if (action === "download") {
    return Response.json({ url: "https://store.test/image", size: 8, sha256: "0".repeat(64) });
  }
  if (action === "logs") return Response.json({ data: [{ seqnum: nth, data: "YQ==" }] });
  if (action === "ssh") return refusal(404);
  if (path === "part" || path.endsWith("/image")) return refusal(503);
  if (resource === "instances" && path !== "instances") {
    return Response.json({ id: "inst_1", status: "running", cloud_init_user_data_used: true });
  }
  if (resource === "pool_transfers") return Response.json({ id: "pxfr_1", status: "pending" });
  if (resource === "images" && path !== "images") return Response.json(image("uploading"));
  if (path === "instances" || path === "pools" || path === "orders") {
    return Response.json({ object: "list", data: [], has_more: true, cursor: `c_${nth}` });
  }
  if (resource === "orders") return Response.json(order);
  if (resource === "pools" || resource === "workspaces") {
    return Response.json({ id: "x_1", owner: "acme", workspace: "default", name: "default" });
  }
  return refusal(404);
};

type Limits = workflows.PaceOptions;

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}

const never = () => new Promise<never>(() => undefined);

async function* stalledSource(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(4);
  await never();
}

const plan = { side: "buy", pool: "pool_1", start_at: 1_800_000_000, duration_seconds: 3_600, node_count: 1 } as const;
const sure = { ...plan, instance_sku: "isku_1", limit_price_dollars_per_node_hour: "2" } as const;
const spend = { intent: "job-17", maxSpend: "200" };
const template = { name: "t", workspace: "wksp_1", image: "image_1" };
const procurement = { pool: "pool_1", instance_sku: "isku_1", target: 1 };

/** Every workflow that calls the service, in each form that makes different calls. Names begin with the name of the function. */
export const jobs: Readonly<Record<string, (world: SlowWorld, limits: Limits) => Promise<unknown>>> = {
  "waitForInstance, by id": ({ sfc }, it) => workflows.waitForInstance(sfc, "inst_1", "terminated", it),
  "waitForInstance, by path": ({ sfc }, it) => workflows.waitForInstance(sfc, "sfc:instance:a:b:c", "terminated", it),
  waitForSsh: ({ sfc }, it) => workflows.waitForSsh(sfc, "inst_1", it),
  waitForOrder: ({ sfc }, it) => workflows.waitForOrder(sfc, "ordr_1", "filled", it),
  waitForPoolTransfer: ({ sfc }, it) => workflows.waitForPoolTransfer(sfc, "pxfr_1", it),
  waitForImage: ({ sfc }, it) => workflows.waitForImage(sfc, "image_1", it),
  "waitUntil, over a list": ({ sfc }, it) =>
    workflows.waitUntil(
      {
        what: "the list",
        goal: "short",
        read: (options) => sfc.instances.list({}, options).toArray({ max: 100_000 }),
        stateOf: () => "long",
        verdict: () => "pending",
      },
      it,
      1,
    ),
  "waitUntil, over what is not a call": (_, it) =>
    workflows.waitUntil({ what: "it", goal: "done", read: never, stateOf: String, verdict: () => "pending" }, it, 1),
  "tailLogs, following": ({ sfc }, it) => drain(workflows.tailLogs(sfc, "inst_1", { ...it, follow: true })),
  "tailLogs, what there is": ({ sfc }, it) => drain(workflows.tailLogs(sfc, "inst_1", it)),
  "tailLogs, by path, from a number": ({ sfc }, it) =>
    drain(workflows.tailLogs(sfc, "sfc:instance:a:b:c", { ...it, follow: true, after: 7 })),
  "createOnce, instances": ({ sfc }, it) =>
    workflows.createOnce(
      sfc,
      "instances",
      { pool: "pool_1", image: "image_1", instance_sku: "isku_1" },
      { ...it, intent: "i" },
    ),
  "createOnce, pools": ({ sfc }, it) =>
    workflows.createOnce(sfc, "pools", { workspace: "wksp_1" }, { ...it, intent: "i" }),
  "createOnce, images": ({ sfc }, it) =>
    workflows.createOnce(sfc, "images", { name: "n", workspace: "wksp_1" }, { ...it, intent: "i" }),
  "createOnce, instanceTemplates": ({ sfc }, it) =>
    workflows.createOnce(sfc, "instanceTemplates", template, { ...it, intent: "i" }),
  "createOnce, procurements": ({ sfc }, it) =>
    workflows.createOnce(sfc, "procurements", procurement as never, { ...it, intent: "i" }),
  "createOnce, workspaces": ({ sfc }, it) =>
    workflows.createOnce(sfc, "workspaces", { name: "w" }, { ...it, intent: "i" }),
  "placeOrder, for a quote": ({ sfc }, it) => workflows.placeOrder(sfc, plan, { ...it, ...spend }),
  "placeOrder, by path, without need of a quote": ({ sfc }, it) =>
    workflows.placeOrder(sfc, { ...sure, pool: "sfc:pool:a:b:c" }, { ...it, ...spend }),
  "placeOrder, dry": ({ sfc }, it) => workflows.placeOrder(sfc, plan, { ...it, ...spend, dryRun: true }),
  "uploadImage, from a Blob": ({ sfc, fetch }, it) =>
    workflows.uploadImage(sfc, new Blob(["12345678"]), { ...it, workspace: "wksp_1", name: "trainer", fetch }),
  "uploadImage, from a source that stalls": ({ sfc, fetch }, it) =>
    workflows.uploadImage(sfc, stalledSource(), { ...it, workspace: "wksp_1", name: "trainer", fetch }),
  "downloadImage, to a stream": ({ sfc, fetch }, it) =>
    workflows.downloadImage(sfc, "image_1", new WritableStream(), { ...it, fetch }),
  "downloadImage, to a stream that takes nothing": ({ sfc }, it) =>
    workflows.downloadImage(sfc, "image_1", new WritableStream({ write: never }), {
      ...it,
      fetch: async () => new Response("1234", { status: 206, headers: { "content-range": "bytes 0-7/8" } }),
    }),
};
