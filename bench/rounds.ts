import type { Contender } from "./contenders.js";
import type { Samples } from "./row.js";
import { turnOf } from "./stats.js";
import { type Launch, startWorker, type Worker } from "./worker.js";

export interface Plan<Job> extends Launch {
  readonly contenders: readonly Contender[];
  /** Each starts new processes: the compiler of V8 does not decide alike every time. */
  readonly sessions: number;
  readonly rounds: number;
  readonly warmUp: Job;
  readonly job: Job;
}

/** One process per contender; in every round each does the job once, one after the other. */
export async function inRounds<Job extends object>(plan: Plan<Job>): Promise<Samples> {
  const samples = new Map(plan.contenders.map((name) => [name, [] as number[]]));
  for (let session = 0; session < plan.sessions; session++) {
    const workers = new Map<Contender, Worker>();
    try {
      for (const name of plan.contenders) workers.set(name, await startWorker(plan, name));
      for (const worker of workers.values()) await worker.ask(plan.warmUp);
      for (let round = 0; round < plan.rounds; round++) {
        for (const name of turnOf(plan.contenders, round)) {
          samples.get(name)?.push(await (workers.get(name) as Worker).ask(plan.job));
        }
      }
    } finally {
      for (const worker of workers.values()) worker.end();
    }
  }
  return Object.fromEntries(samples);
}
