/** The process that `rounds.ts` starts. It runs one job after the other, and returns the sample of each. */
export function runJobs<Job>(perform: (job: Job) => Promise<number>): void {
  process.on("message", (job: Job) => {
    perform(job).then(
      (sample) => process.send?.({ sample }),
      (error: Error) => process.send?.({ failure: error.stack }),
    );
  });
  // The parent process has ended. A server would keep this process alive.
  process.on("disconnect", () => process.exit());
  process.send?.({ ready: true });
}
