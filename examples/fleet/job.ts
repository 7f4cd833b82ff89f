import type { Queue } from "bullmq";
import { keyOf } from "../redeploy-fleet.js";

/** The data of one job of the queue, which replaces this instance. */
export interface ReplaceJob {
  readonly id: string;
  readonly name: string;
  readonly resource_path: string;
  /** The id of an image. */
  readonly image: string;
  readonly release: string;
}

export const queueName = "redeploy";

export function connectionTo(port: number) {
  // BullMQ waits for Redis without a limit, and requires the same of the connection.
  return { host: "127.0.0.1", port, maxRetriesPerRequest: null };
}

/**
 * Adds a job, or retries it if it has failed. BullMQ silently ignores a job that is added a second time, even when the first one has failed, so this function returns the state of the job.
 */
export async function enqueue(queue: Queue<ReplaceJob>, data: ReplaceJob): Promise<string> {
  const jobId = keyOf(data.release, data.id);
  const earlier = await queue.getJob(jobId);
  if (earlier === undefined) {
    await queue.add("replace", data, { jobId, attempts: 10, backoff: { type: "fixed", delay: 200 } });
    return "added";
  }
  const state = await earlier.getState();
  if (state !== "failed") return `not added: the job ${jobId} is ${state}`;
  const { failedReason = "unknown" } = earlier;
  await earlier.updateData(data);
  await earlier.retry("failed", { resetAttemptsMade: true });
  return `tried again; it had failed: ${failedReason}`;
}
