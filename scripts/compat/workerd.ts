import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import type { Result, Session } from "./session.js";

/** Runs the program in workerd. */
export async function runWorkerd(binary: string, consumer: string, session: Session): Promise<readonly Result[]> {
  return JSON.parse(await askWorker(binary, consumer, session)) as Result[];
}

/** The answer of the folder's `worker.mjs`, bundled as its users' tools do it, without Node compatibility. */
export async function askWorker(binary: string, consumer: string, session: Session): Promise<string> {
  await build({
    absWorkingDir: consumer,
    entryPoints: ["worker.mjs"],
    outfile: "worker.bundle.mjs",
    bundle: true,
    format: "esm",
    conditions: ["workerd", "worker"],
    logLevel: "silent",
  });
  writeFileSync(join(consumer, "workerd.capnp"), config);
  const child = spawn(binary, ["serve", "workerd.capnp", "--control-fd=1"], {
    cwd: consumer,
    stdio: ["ignore", "pipe", "pipe"],
  });
  try {
    const port = await listeningPort(child);
    const query = new URLSearchParams({ ...session });
    const response = await fetch(`http://127.0.0.1:${port}/?${query}`, { signal: AbortSignal.timeout(60_000) });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return text;
  } finally {
    child.kill();
  }
}

/** Loopback is not part of the public network that a worker reaches by default. */
const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (modules = [(name = "worker.mjs", esModule = embed "worker.bundle.mjs")], compatibilityDate = "2026-01-01")),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;

/** workerd tells on a descriptor which port it was given. */
function listeningPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let told = "";
    let complaints = "";
    child.stderr?.on("data", (text) => {
      complaints += text;
    });
    child.stdout?.on("data", (text) => {
      told += text;
      const line = told.split("\n").find((each) => each.includes('"listen"') && each.endsWith("}"));
      if (line !== undefined) resolve((JSON.parse(line) as { port: number }).port);
    });
    child.once("error", reject);
    child.once("close", (code) => reject(new Error(`workerd ended with ${code}: ${complaints.trim()}`)));
  });
}
