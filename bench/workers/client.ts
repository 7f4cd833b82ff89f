/** One process of a contender: `node client.js CONTENDER KIND [URL]`. Each job results in one number. */
import { PerformanceObserver } from "node:perf_hooks";
import type { Connect } from "../contenders.js";
import { instance, placedOrder } from "./bodies.js";
import { runJobs } from "./jobs.js";

export interface CpuJob {
  readonly call: "list" | "create" | "createWithFreshKey";
  readonly times: number;
}

export interface HeapJob {
  readonly times: number;
}

export interface LoopbackJob {
  readonly requests: number;
  readonly atOnce: number;
}

export interface PagingJob {
  /** Rows per second, or the peak memory so far in MiB. */
  readonly what: "walk" | "walkAhead" | "peak";
}

const listText = JSON.stringify({ object: "list", data: [instance], has_more: false, cursor: null });
const orderText = JSON.stringify(placedOrder);

const [contender, kind, url = "https://api.sfcompute.com"] = process.argv.slice(2);
const { connect } = (await import(`../contenders/${contender}/calls.js`)) as { connect: Connect };
if (kind === "cpu" || kind === "heap") globalThis.fetch = stubFetch;
const calls = connect(url, "sk_bench_0123456789abcdef0123456789");
if (kind === "cpu") runJobs(cpuTime());
if (kind === "heap") runJobs(heapKb());
if (kind === "loopback") runJobs(requestsPerSecond);
if (kind === "paging") runJobs(walk);

/** Microseconds of processor time per call with a `fetch` that responds at once. All threads count, so that garbage collection is included. */
function cpuTime(): (job: CpuJob) => Promise<number> {
  let keys = 0;
  return async ({ call, times }) => {
    const before = process.cpuUsage();
    for (let done = 0; done < times; done++) {
      if (call === "create") await calls.create(`order-${keys++}`);
      else await calls[call]();
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) / times;
  };
}

/** KB of heap that one list call allocates. The young generation is so large that nothing is collected during the job. */
function heapKb(): (job: HeapJob) => Promise<number> {
  let collections = 0;
  new PerformanceObserver((list) => {
    collections += list.getEntries().length;
  }).observe({ entryTypes: ["gc"] });
  return async ({ times }) => {
    globalThis.gc?.();
    // The observer reports in a later turn of the event loop.
    await new Promise((resolve) => setTimeout(resolve, 10));
    collections = 0;
    const before = process.memoryUsage().heapUsed;
    for (let done = 0; done < times; done++) await calls.list();
    const taken = process.memoryUsage().heapUsed - before;
    await new Promise((resolve) => setTimeout(resolve, 10));
    if (collections > 0) throw new Error("garbage was collected during the job: make fewer calls");
    return taken / times / 1_000;
  };
}

/** Sends requests to a server in another process. */
async function requestsPerSecond({ requests, atOnce }: LoopbackJob): Promise<number> {
  let left = requests;
  const lane = async () => {
    while (left-- > 0) await calls.list();
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: atOnce }, lane));
  return (requests / (performance.now() - startedAt)) * 1_000;
}

/** Reads a long list once per process, because the peak memory of a process never falls. */
async function walk({ what }: PagingJob): Promise<number> {
  if (what === "peak") return process.resourceUsage().maxRSS / 1_024;
  let rows = 0;
  const startedAt = performance.now();
  await calls[what]?.((row) => {
    if (row.id !== "") rows++;
  });
  return (rows / (performance.now() - startedAt)) * 1_000;
}

/** Responds at once without a network, so that only the client's own work is measured. */
function stubFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const { method = "GET" } = typeof input === "object" && "method" in input ? input : (init ?? {});
  const isOrder = method === "POST";
  return Promise.resolve(
    new Response(isOrder ? orderText : listText, {
      status: isOrder ? 201 : 200,
      headers: { "content-type": "application/json", "x-request-id": "req_0123456789" },
    }),
  );
}
