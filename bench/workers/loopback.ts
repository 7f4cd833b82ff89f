/** Requests per second to a server in another process. */
import { answerJobs, connectContender } from "./answer-jobs.js";

export interface LoopbackJob {
  readonly requests: number;
  readonly atOnce: number;
}

const calls = await connectContender(process.argv[3] as string);

answerJobs(async ({ requests, atOnce }: LoopbackJob) => {
  let left = requests;
  const lane = async () => {
    while (left-- > 0) await calls.list();
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: atOnce }, lane));
  return (requests / (performance.now() - startedAt)) * 1_000;
});
