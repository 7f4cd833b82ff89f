/** The other end of `rounds.ts`: one process that does jobs for one contender, one after the other. */
import type { Calls, Connect } from "../calls.js";

export async function connectContender(baseUrl: string): Promise<Calls> {
  const [contender] = process.argv.slice(2);
  const { connect } = (await import(`../contenders/${contender}/calls.js`)) as { connect: Connect };
  return connect(baseUrl, "sk_bench_0123456789abcdef0123456789");
}

/** Each answer is the sample of that job. */
export function answerJobs<Job>(perform: (job: Job) => Promise<number>): void {
  process.on("message", (job: Job) => {
    perform(job).then(
      (sample) => process.send?.({ sample }),
      (error: Error) => process.send?.({ failure: error.stack }),
    );
  });
  // Who asked is gone; a server would go on listening.
  process.on("disconnect", () => process.exit());
  process.send?.({ ready: true });
}
