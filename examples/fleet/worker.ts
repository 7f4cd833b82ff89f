/** A worker of the fleet in its own process. It takes jobs from the queue until it is stopped or killed. */
import { UnrecoverableError, Worker } from "bullmq";
import { SfcClient } from "../../src/index.js";
import { WaitError, waitForInstance } from "../../src/workflows.js";
import { isRefused, replaceOnce, WrongImageError } from "../redeploy-fleet.js";
import { connectionTo, queueName, type ReplaceJob } from "./job.js";
import { reportOnce } from "./report-once.js";

const [, , redisPort, baseUrl = ""] = process.argv;
const sfc = new SfcClient({ baseUrl });

const worker = new Worker<ReplaceJob>(
  queueName,
  async ({ id: key = "", data }) => {
    try {
      // The job's id is the key: when this process dies after the call, the next worker gets the same replacement.
      const fresh = await replaceOnce(sfc, data, data.image, { id: data.release, script: "#cloud-config\n" }, key);
      await waitForInstance(sfc, fresh.id, "running", { pollMs: 250 });
    } catch (error) {
      throw isFinal(error) ? new UnrecoverableError(error.message) : error;
    }
  },
  // When a worker is silent for 2 seconds, another worker gets its job, any number of times.
  {
    connection: connectionTo(Number(redisPort)),
    concurrency: 2,
    lockDuration: 2_000,
    stalledInterval: 1_000,
    maxStalledCount: 100,
  },
);
worker.on("error", reportOnce());
process.on("SIGTERM", () => void worker.close().then(() => process.exit(0)));

/** Whether nine more attempts would end in the same way. */
function isFinal(error: unknown): error is Error {
  return (
    isRefused(error) || error instanceof WrongImageError || (WaitError.is(error) && error.reason === "unreachable")
  );
}
