/** Bytes of heap that one list call takes, until the garbage is collected. Run with so large a young generation that it never is meanwhile. */
import { PerformanceObserver } from "node:perf_hooks";
import { answerJobs, connectContender } from "./answer-jobs.js";
import { stubFetch } from "./stub-fetch.js";

export interface HeapJob {
  readonly times: number;
}

globalThis.fetch = stubFetch;
const calls = await connectContender("https://api.sfcompute.com");
let collections = 0;
new PerformanceObserver((list) => {
  collections += list.getEntries().length;
}).observe({ entryTypes: ["gc"] });

answerJobs(async ({ times }: HeapJob) => {
  globalThis.gc?.();
  // The observer reports on a later turn.
  await new Promise((resolve) => setTimeout(resolve, 10));
  collections = 0;
  const before = process.memoryUsage().heapUsed;
  for (let done = 0; done < times; done++) await calls.list();
  const taken = process.memoryUsage().heapUsed - before;
  await new Promise((resolve) => setTimeout(resolve, 10));
  if (collections > 0) throw new Error("garbage was collected meanwhile: make fewer calls");
  return taken / times / 1_000;
});
