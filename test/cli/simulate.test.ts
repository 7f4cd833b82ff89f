import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { SfcClient } from "../../src/index.js";

/* What `npx sfc-preview-devtools simulate` starts. The packed command is tried by `npm run check:package`. */

const command = ["--import", "tsx", fileURLToPath(new URL("../../packages/devtools/src/cli/main.ts", import.meta.url))];

interface Started {
  readonly child: ChildProcess;
  readonly line: string;
  readonly url: string;
}

async function simulate(...args: string[]): Promise<Started> {
  const child = spawn(process.execPath, [...command, "simulate", ...args], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  if (child.stdout === null) throw new Error("the command has no output");
  for await (const line of createInterface(child.stdout)) {
    return { child, line, url: /http:\S+/.exec(line)?.[0] ?? "" };
  }
  throw new Error("the command said nothing");
}

test("simulate listens on 127.0.0.1, says where, and remembers for any token of the usual form", async () => {
  const { line, url } = await simulate();
  expect(line).toMatch(/^simulate listens on http:\/\/127\.0\.0\.1:\d+ \(Ctrl-C ends it\)$/);
  const made = await new SfcClient({ baseUrl: url, token: "sk_live_any" }).pools.create({
    workspace: "sfc:workspace:acme:default",
    name: "mine",
  });
  const other = new SfcClient({ baseUrl: url, token: "sk_live_other" });
  expect((await other.pools.get("sfc:pool:acme:default:mine")).id).toBe(made.id);
  const stranger = new SfcClient({ baseUrl: url, token: "nobody" });
  await expect(stranger.pools.list()).rejects.toMatchObject({ name: "ApiError", status: 401 });
});

test("the same --seed gives the same ids, another one others", async () => {
  const ids = async (seed: string) => {
    const { url } = await simulate("--seed", seed);
    const pools = await new SfcClient({ baseUrl: url, token: "sk_live_any" }).pools.list();
    return pools.data.map(({ id }) => id);
  };
  const [one, again, other] = await Promise.all([ids("a"), ids("a"), ids("b")]);
  expect(one).toHaveLength(3);
  expect(again).toEqual(one);
  expect(other).not.toEqual(one);
});

test.each(["SIGINT", "SIGTERM"] as const)("%s ends it, in order", async (signal) => {
  const { child } = await simulate();
  child.kill(signal);
  expect(await once(child, "exit")).toEqual([0, null]);
});

const taken = (port: string) =>
  `cannot listen on 127.0.0.1:${port}: another program listens there (EADDRINUSE). Choose another port.\n`;

test.each(["simulate", "mock"])("%s on a port that is taken ends with one line", async (name) => {
  const { url } = await simulate();
  const { port } = new URL(url);
  const run = spawnSync(process.execPath, [...command, name, "--port", port], { encoding: "utf8" });
  expect([run.status, run.stdout, run.stderr]).toEqual([1, "", `${name}: ${taken(port)}`]);
});

test("npm run mock on a port that is taken ends with one line", async () => {
  const { url } = await simulate();
  const { port } = new URL(url);
  const script = fileURLToPath(new URL("../../scripts/mock.ts", import.meta.url));
  const env = { ...process.env, PORT: port };
  const run = spawnSync(process.execPath, ["--import", "tsx", script], { encoding: "utf8", env });
  expect([run.status, run.stdout, run.stderr]).toEqual([1, "", `mock: ${taken(port)}`]);
});

test.each([
  [["simulate", "--port", "many"], '--port: "many" is not a port number'],
  [["simulate", "--speed", "2"], "--speed"],
  [["imitate"], '"imitate" is not a command'],
])("what it does not know ends it with a message and the usage: %j", (args, message) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...command, ...args], { encoding: "utf8" });
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr).toContain(message);
  expect(stderr).toContain("Usage: sfc-preview-devtools <command>");
});

test("SIGTERM ends it in the middle of a response", async () => {
  const { child, url } = await simulate();
  // A connection that has sent half a request.
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.write("POST /preview/v2/orders HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\n{");
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
  socket.destroy();
});
