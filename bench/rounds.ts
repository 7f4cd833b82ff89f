import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Contender } from "./contenders.js";
import type { Samples } from "./table.js";

export interface Launch {
  /** Where the workshop is. */
  readonly folder: string;
  /** What `workers/client.ts` measures there; the server is a program of its own. */
  readonly kind: "cpu" | "heap" | "loopback" | "paging" | "server";
  readonly arguments?: readonly string[];
  /** Of Node itself. */
  readonly flags?: readonly string[];
}

/** A process that does jobs, one after the other; the answer to each is a number. */
export interface Worker {
  ask(job: object): Promise<number>;
  end(): void;
}

export async function startWorker(launch: Launch, name: string): Promise<Worker> {
  const program = launch.kind === "server" ? "server.js" : "client.js";
  const child = fork(join(launch.folder, "workers", program), [name, launch.kind, ...(launch.arguments ?? [])], {
    execArgv: [...(launch.flags ?? [])],
    // Proxies and tokens of the environment are none of the clients' business here.
    env: { PATH: process.env.PATH },
  });
  const ended = once(child, "exit").then(([code]): never => {
    throw new Error(`${launch.kind} ${name} ended with ${code}`);
  });
  // Looked at only while an answer is awaited.
  ended.catch(() => undefined);
  const next = async (): Promise<unknown> => (await Promise.race([once(child, "message"), ended]))[0];
  await next();
  return {
    async ask(job) {
      child.send(job);
      const { sample, failure } = (await next()) as { sample: number; failure?: string };
      if (failure !== undefined) throw new Error(`${launch.kind} ${name}: ${failure}`);
      return sample;
    },
    end: () => child.kill(),
  };
}

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

/** The contenders of one round: each begins one, so that none has always the same one before it. */
export function turnOf<Item>(items: readonly Item[], round: number): Item[] {
  const first = round % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}
