import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { SfcClient } from "sfc-preview-sdk";

const main = fileURLToPath(new URL("node_modules/sfc-preview-sdk/dist/cli/main.js", import.meta.url));
const child = spawn(process.execPath, [main, "simulate"], { stdio: ["ignore", "pipe", "inherit"] });
try {
  const [line] = await once(createInterface(child.stdout), "line");
  const [baseUrl] = /http:\S+/.exec(line) ?? [];
  const sfc = new SfcClient({ baseUrl, token: "sk_live_any" });
  const pools = await sfc.pools.list().toArray({ max: 10 });
  assert.deepEqual(
    pools.map(({ name }) => name),
    ["notebooks", "spare", "main"],
  );
  child.kill("SIGTERM");
  assert.deepEqual(await once(child, "exit"), [0, null]);
} finally {
  child.kill("SIGKILL");
}
