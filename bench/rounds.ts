import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Contender } from "./contenders.js";
import type { Samples } from "./table.js";

export interface Launch {
  /** The workshop's folder. */
  readonly folder: string;
  /** The kind of measurement in `workers/client.ts`. The server is a separate program. */
  readonly kind: "cpu" | "heap" | "loopback" | "paging" | "server";
  readonly arguments?: readonly string[];
  /** Options of Node. */
  readonly flags?: readonly string[];
}

/** A process that runs jobs one after the other. The result of each job is a number. */
export interface Worker {
  ask(job: object): Promise<number>;
  end(): void;
}

export async function startWorker(launch: Launch, name: string): Promise<Worker> {
  const program = launch.kind === "server" ? "server.js" : "client.js";
  const child = fork(join(launch.folder, "workers", program), [name, launch.kind, ...(launch.arguments ?? [])], {
    execArgv: [...(launch.flags ?? [])],
    // The environment of the process has no proxies and tokens.
    env: { PATH: process.env.PATH },
  });
  const ended = once(child, "exit").then(([code]): never => {
    throw new Error(`${launch.kind} ${name} ended with ${code}`);
  });
  // This promise is awaited only together with a message.
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
  /** Each session starts new processes, because V8 does not optimize the same code in every process. */
  readonly sessions: number;
  readonly rounds: number;
  readonly warmUp: Job;
  readonly job: Job;
}

/** Runs one process per contender. In every round, each contender runs the job once, one after the other. */
export async function inRounds<Job extends object>(plan: Plan<Job>): Promise<Samples> {
  const samples = new Map(plan.contenders.map((name) => [name, [] as number[]]));
  for (let session = 0; session < plan.sessions; session++) {
    const workers = new Map<Contender, Worker>();
    try {
      for (const name of plan.contenders) workers.set(name, await startWorker(plan, name));
      for (const worker of workers.values()) await worker.ask(plan.warmUp);
      for (let round = 0; round < plan.rounds; round++) {
        for (const name of inTurn(plan.contenders, round)) {
          samples.get(name)?.push(await (workers.get(name) as Worker).ask(plan.job));
        }
      }
    } finally {
      for (const worker of workers.values()) worker.end();
    }
  }
  return Object.fromEntries(samples);
}

/** The contenders in the order of one round. The order rotates, so that none always runs after the same one. */
export function inTurn<Item>(items: readonly Item[], round: number): Item[] {
  const first = round % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}
