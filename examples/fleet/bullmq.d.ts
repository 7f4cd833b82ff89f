/** The part of BullMQ that the example uses, so that the project is type-checked without it. */
declare module "bullmq" {
  interface Connection {
    host: string;
    port: number;
    maxRetriesPerRequest: null;
  }

  interface JobOptions {
    jobId: string;
    attempts: number;
    backoff: { type: "fixed"; delay: number };
  }

  export interface Job<Data> {
    readonly id?: string;
    readonly data: Data;
    readonly failedReason?: string;
    readonly attemptsMade: number;
    getState(): Promise<string>;
    updateData(data: Data): Promise<void>;
    retry(state: "failed", options: { resetAttemptsMade: boolean }): Promise<void>;
  }

  /** A job that fails with this error is not tried again. */
  export class UnrecoverableError extends Error {}

  export class Queue<Data> {
    constructor(name: string, options: { connection: Connection });
    add(name: string, data: Data, options: JobOptions): Promise<Job<Data>>;
    getJob(id: string): Promise<Job<Data> | undefined>;
    getJobCounts(...types: string[]): Promise<Record<string, number>>;
    clean(graceMs: number, limit: number, type: "completed"): Promise<string[]>;
    on(event: "error", listener: (error: Error) => void): this;
    close(): Promise<void>;
  }

  export class Worker<Data> {
    constructor(
      name: string,
      work: (job: Job<Data>) => Promise<unknown>,
      options: {
        connection: Connection;
        concurrency: number;
        lockDuration: number;
        stalledInterval: number;
        maxStalledCount: number;
      },
    );
    on(event: "error", listener: (error: Error) => void): this;
    close(): Promise<void>;
  }
}
