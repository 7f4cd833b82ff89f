import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The processes that work on the queue. */
export class Workers {
  readonly #args: readonly string[];
  readonly #token: string;
  readonly #alive = new Set<ChildProcess>();

  constructor(redisPort: number, baseUrl: string, token: string) {
    this.#args = ["--import", "tsx", fileURLToPath(new URL("worker.ts", import.meta.url)), String(redisPort), baseUrl];
    this.#token = token;
  }

  start(): void {
    const env = { ...process.env, SF_API_KEY: this.#token };
    const worker = spawn(process.execPath, this.#args, { env, stdio: ["ignore", "inherit", "inherit"] });
    this.#alive.add(worker);
    worker.once("exit", () => this.#alive.delete(worker));
  }

  /** Kills one of them while it works, and starts another. */
  async killOne(): Promise<void> {
    const workers = [...this.#alive];
    const victim = workers[Math.floor(Math.random() * workers.length)];
    if (!victim) return;
    victim.kill("SIGKILL");
    await once(victim, "exit");
    this.start();
  }

  async stop(): Promise<void> {
    const ended = [...this.#alive].map((worker) => once(worker, "exit"));
    for (const worker of this.#alive) worker.kill("SIGKILL");
    await Promise.all(ended);
  }
}
