/** Walks a long list once. For one walk only: the most memory that a process ever had does not fall again. */
import { answerJobs, connectContender } from "./answer-jobs.js";

export interface PagingJob {
  /** Rows per second, or the most memory so far in MiB. */
  readonly what: "walk" | "walkAhead" | "peak";
}

const calls = await connectContender(process.argv[3] as string);

answerJobs(async ({ what }: PagingJob) => {
  if (what === "peak") return process.resourceUsage().maxRSS / 1_024;
  let rows = 0;
  const startedAt = performance.now();
  await calls[what]?.((row) => {
    if (row.id !== "") rows++;
  });
  return (rows / (performance.now() - startedAt)) * 1_000;
});
