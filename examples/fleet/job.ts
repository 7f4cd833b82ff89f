import type { Queue } from "bullmq";
import { keyOf } from "../redeploy-fleet.js";

/** What one job of the queue has to do: replace this instance. */
export interface ReplaceJob {
  readonly id: string;
  readonly name: string;
  readonly resource_path: string;
  /** Id of an image. */
  readonly image: string;
  readonly release: string;
}

export const queueName = "redeploy";

export function connectionTo(port: number) {
  // BullMQ waits for Redis as long as it takes, and wants the connection to do so too.
  return { host: "127.0.0.1", port, maxRetriesPerRequest: null };
}

/**
 * Adds a job, or tries it again if it has failed. A job that is added twice is one job, and BullMQ ignores the second one without a word, a failed one too: this returns what became of it.
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
