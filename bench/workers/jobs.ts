/** The process that `rounds.ts` starts: runs one job after the other, and sends the sample of each back. */
export function runJobs<Job>(perform: (job: Job) => Promise<number>): void {
  process.on("message", (job: Job) => {
    perform(job).then(
      (sample) => process.send?.({ sample }),
      (error: Error) => process.send?.({ failure: error.stack }),
    );
  });
  // The parent has ended; a server would keep this process alive.
  process.on("disconnect", () => process.exit());
  process.send?.({ ready: true });
}
