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
  }

  export class Queue<Data> {
    constructor(name: string, options: { connection: Connection });
    addBulk(jobs: readonly { name: string; data: Data; opts: JobOptions }[]): Promise<unknown>;
    getJobCounts(...types: string[]): Promise<Record<string, number>>;
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
