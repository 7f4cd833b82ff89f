/** What one job of the queue has to do: replace this instance. */
export interface ReplaceJob {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly release: string;
}

export const queueName = "redeploy";

export function connectionTo(port: number) {
  // BullMQ waits for Redis as long as it takes, and wants the connection to do so too.
  return { host: "127.0.0.1", port, maxRetriesPerRequest: null };
}
