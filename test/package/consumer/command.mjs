import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { SfcClient } from "sfc-preview-sdk";

const main = fileURLToPath(new URL("node_modules/sfc-preview-devtools/dist/cli/main.js", import.meta.url));
// The commands write nothing anywhere else, so that every remaining file is found.
const scratch = mkdtempSync(fileURLToPath(new URL("scratch-", import.meta.url)));

async function during(command, work) {
  const env = { ...process.env, TMPDIR: scratch };
  const child = spawn(process.execPath, [main, command], { stdio: ["ignore", "pipe", "inherit"], env });
  try {
    const [line] = await once(createInterface(child.stdout), "line");
    const [baseUrl] = /http:\S+/.exec(line) ?? [];
    await work(new SfcClient({ baseUrl, token: "sk_live_any" }));
    child.kill("SIGTERM");
    assert.deepEqual(await once(child, "exit"), [0, null]);
    assert.deepEqual(readdirSync(scratch), []);
  } finally {
    child.kill("SIGKILL");
  }
}

try {
  await during("simulate", async (sfc) => {
    const pools = await sfc.pools.list().toArray({ max: 10 });
    assert.deepEqual(
      pools.map(({ name }) => name),
      ["notebooks", "spare", "main"],
    );
  });
  await during("mock", async (sfc) => {
    assert.equal((await sfc.account.me()).object, "account");
    assert.equal(readdirSync(scratch).length, 1);
  });
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
