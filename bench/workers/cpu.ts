/** Microseconds of processor time per call, of all threads (so garbage collection counts), with a `fetch` that answers at once. */
import { answerJobs, connectContender } from "./answer-jobs.js";
import { stubFetch } from "./stub-fetch.js";

export interface CpuJob {
  readonly call: "list" | "create" | "createWithFreshKey";
  readonly times: number;
}

globalThis.fetch = stubFetch;
const calls = await connectContender("https://api.sfcompute.com");
let keys = 0;

answerJobs(async ({ call, times }: CpuJob) => {
  const before = process.cpuUsage();
  for (let done = 0; done < times; done++) {
    if (call === "create") await calls.create(`order-${keys++}`);
    else await calls[call]();
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / times;
});
