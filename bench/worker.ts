import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

export interface Launch {
  /** Where the workshop is. */
  readonly folder: string;
  /** File name in `workers/`. */
  readonly worker: string;
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
  const child = fork(join(launch.folder, "workers", `${launch.worker}.js`), [name, ...(launch.arguments ?? [])], {
    execArgv: [...(launch.flags ?? [])],
    // Proxies and tokens of the environment are none of the clients' business here.
    env: { PATH: process.env.PATH },
  });
  const ended = once(child, "exit").then(([code]): never => {
    throw new Error(`${launch.worker} ${name} ended with ${code}`);
  });
  // Looked at only while an answer is awaited.
  ended.catch(() => undefined);
  const next = async (): Promise<unknown> => (await Promise.race([once(child, "message"), ended]))[0];
  await next();
  return {
    async ask(job) {
      child.send(job);
      const { sample, failure } = (await next()) as { sample: number; failure?: string };
      if (failure !== undefined) throw new Error(`${launch.worker} ${name}: ${failure}`);
      return sample;
    },
    end: () => child.kill(),
  };
}
