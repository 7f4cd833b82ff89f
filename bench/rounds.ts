import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Contender } from "./contenders.js";
import type { Samples } from "./row.js";
import { turnOf } from "./stats.js";

export interface Plan<Job> {
  /** File name in `workers/`. */
  readonly worker: string;
  readonly contenders: readonly Contender[];
  /** Each starts new processes: the compiler of V8 does not decide alike every time. */
  readonly sessions: number;
  readonly rounds: number;
  readonly warmUp: Job;
  readonly job: Job;
  readonly arguments?: readonly string[];
  readonly flags?: readonly string[];
}

/** One process per contender; in every round each does the job once, one after the other. */
export async function inRounds<Job extends object>(folder: string, plan: Plan<Job>): Promise<Samples> {
  const samples = new Map(plan.contenders.map((name) => [name, [] as number[]]));
  for (let session = 0; session < plan.sessions; session++) {
    const workers = new Map<Contender, ChildProcess>();
    try {
      for (const name of plan.contenders) {
        workers.set(name, await start(folder, plan, name));
      }
      for (const worker of workers.values()) await ask(worker, plan.warmUp);
      for (let round = 0; round < plan.rounds; round++) {
        for (const name of turnOf(plan.contenders, round)) {
          samples.get(name)?.push(await ask(workers.get(name) as ChildProcess, plan.job));
        }
      }
    } finally {
      for (const worker of workers.values()) worker.kill();
    }
  }
  return Object.fromEntries(samples);
}

async function start<Job>(folder: string, plan: Plan<Job>, name: Contender): Promise<ChildProcess> {
  const worker = fork(join(folder, "workers", `${plan.worker}.js`), [name, ...(plan.arguments ?? [])], {
    execArgv: [...(plan.flags ?? [])],
    // Proxies and tokens of the environment are none of the clients' business here.
    env: { PATH: process.env.PATH },
  });
  await Promise.race([once(worker, "message"), ended(worker, name)]);
  return worker;
}

async function ask(worker: ChildProcess, job: object): Promise<number> {
  worker.send(job);
  const [message] = await Promise.race([once(worker, "message"), ended(worker, "a worker")]);
  const { sample, failure } = message as { sample: number; failure?: string };
  if (failure !== undefined) throw new Error(failure);
  return sample;
}

async function ended(worker: ChildProcess, name: string): Promise<never> {
  const [code] = await once(worker, "exit");
  throw new Error(`${name} ended with ${code}`);
}
