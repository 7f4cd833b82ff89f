/** The other end of `rounds.ts`: one process that does jobs for one contender, one after the other. */
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
