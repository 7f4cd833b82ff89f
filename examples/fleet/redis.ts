import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A separate Redis that writes each change to a file (AOF) before it confirms the change, so that added jobs still exist after a kill. With the default `appendfsync everysec`, the last second can be lost, and
 * without a file, everything can be lost. In that case, add all jobs again: completed replacements are found by their key or by their name.
 */
export class Redis {
  readonly port: number;
  readonly #folder: string;
  #server: ChildProcess | undefined;

  private constructor(port: number, folder: string) {
    this.port = port;
    this.#folder = folder;
  }

  /** `undefined` when this machine has no Redis. */
  static async start(): Promise<Redis | undefined> {
    const redis = new Redis(await freePort(), await mkdtemp(join(tmpdir(), "fleet-redis-")));
    if (await redis.#launch()) return redis;
    await redis.stop();
    return undefined;
  }

  /** Kills Redis while it works, and starts it again from its file. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
    if (!(await this.#launch())) throw new Error("Redis does not start again");
  }

  async stop(): Promise<void> {
    await this.#end("SIGTERM");
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #launch(): Promise<boolean> {
    const options = { port: this.port, bind: "127.0.0.1", dir: this.#folder, appendonly: "yes", appendfsync: "always" };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const server = spawn("redis-server", [...args, "--save", ""]);
    this.#server = server;
    const failed = once(server, "error").then(() => false);
    const ended = once(server, "exit").then(() => false);
    return Promise.race([failed, ended, isReady(server)]);
  }

  async #end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const server = this.#server;
    if (server?.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
    server.kill(signal);
    await once(server, "exit");
  }
}

async function isReady({ stdout }: ChildProcess): Promise<boolean> {
  if (!stdout) return false;
  let text = "";
  return new Promise((resolve) => {
    // The output is read to its end, because Redis stops when no one reads it.
    stdout.on("data", (bytes) => {
      text += bytes;
      if (text.includes("Ready to accept connections")) resolve(true);
    });
  });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, "close");
  return port;
}
