import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";

export interface Redis {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts a Redis of our own that keeps nothing on disk. `undefined` when this machine has no Redis. */
export async function startRedis(): Promise<Redis | undefined> {
  const port = await freePort();
  const server = spawn("redis-server", [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--save",
    "",
    "--appendonly",
    "no",
  ]);
  const started = await Promise.race([once(server, "error").then(() => false), isReady(server)]);
  if (!started) return undefined;
  const stop = async () => {
    if (server.exitCode !== null) return;
    server.kill("SIGTERM");
    await once(server, "exit");
  };
  return { port, stop };
}

async function isReady({ stdout }: ChildProcess): Promise<boolean> {
  if (!stdout) return false;
  for await (const text of stdout) {
    if (String(text).includes("Ready to accept connections")) {
      // Or it would stop when its output is not read.
      stdout.resume();
      return true;
    }
  }
  return false;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, "close");
  return port;
}
