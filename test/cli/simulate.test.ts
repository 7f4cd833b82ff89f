import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import devtools from "../../packages/devtools/package.json" with { type: "json" };
import { runCommandLine } from "../../packages/devtools/src/cli/commands.js";
import { readArguments } from "../../packages/devtools/src/cli/simulate.js";
import { writeWorldFile } from "../../packages/devtools/src/cli/world-file.js";
import { startSimulator } from "../../packages/devtools/src/simulator.js";
import { SfcClient } from "../../src/index.js";

/* Tests of `npx sfc-preview-devtools simulate`. `npm run check:package` runs the packed command. */

const { version } = devtools;
const command = ["--import", "tsx", fileURLToPath(new URL("../../packages/devtools/src/cli/main.ts", import.meta.url))];

interface Started {
  readonly child: ChildProcess;
  readonly url: string;
  /** The first lines of the standard output: two, or one with `--json`. */
  readonly lines: readonly string[];
  /** The messages on the standard error. */
  readonly reported: () => string;
}

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
});

/** A simulator without options. The last test ends it. */
let plain: Started;
beforeAll(async () => {
  plain = await simulate();
});

async function simulate(...args: string[]): Promise<Started> {
  const child = spawn(process.execPath, [...command, "simulate", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  let reported = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    reported += text;
  });
  const expected = args.includes("--json") ? 1 : 2;
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (lines.length === expected) {
      return { child, lines, url: /http:[^"]+/.exec(lines[0] ?? "")?.[0] ?? "", reported: () => reported };
    }
  }
  throw new Error(`the command ended: ${reported}`);
}

/** Runs a command that ends by itself in this process. */
async function run(...args: string[]) {
  const printed: string[] = [];
  const reported: string[] = [];
  const code = await runCommandLine(args, {
    print: (text) => void printed.push(text),
    report: (text) => void reported.push(text),
  });
  return { code, printed: printed.join("\n"), reported: reported.join("\n") };
}

test("simulate listens on 127.0.0.1, prints its URL, and accepts any token of the usual form", async () => {
  const { lines, url, reported } = plain;
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(lines).toEqual([`SF_BASE_URL=${url}`, "SF_API_KEY=sk_live_simulator"]);
  await expect.poll(reported).toBe(`simulate listens on ${url} (Ctrl-C ends it)\n`);
  const made = await new SfcClient({ baseUrl: url, token: "sk_live_any" }).pools.create({
    workspace: "sfc:workspace:acme:default",
    name: "mine",
  });
  const other = new SfcClient({ baseUrl: url, token: "sk_live_other" });
  expect((await other.pools.get("sfc:pool:acme:default:mine")).id).toBe(made.id);
  const stranger = new SfcClient({ baseUrl: url, token: "nobody" });
  await expect(stranger.pools.list()).rejects.toMatchObject({ name: "ApiError", status: 401 });
});

test("each option of simulate is passed to startSimulator", () => {
  const files = inFolder();
  const world = files("world.json", '{ "pools": [{ "name": "mine" }] }');
  expect(readArguments([]).options).toEqual({ port: 0, realTime: true });
  const args = ["--port=4010", "--seed", "7", "--clock", "wall", "--speed", "60", "--token", "secret", "--control"];
  expect(readArguments([...args, "--world", world, "--state", "s.json", "--json"])).toEqual({
    options: {
      port: 4010,
      seed: "7",
      realTime: true,
      speed: 60,
      tokens: [{ value: "secret", user: null }],
      control: true,
      world: { pools: [{ name: "mine" }] },
    },
    stateFile: "s.json",
    asJson: true,
  });
  expect(readArguments(["--clock", "virtual"]).options).toMatchObject({ realTime: false });
});

test("--world also accepts a saved world, and refuses invalid members by name", async () => {
  await using simulator = await startSimulator({ listen: false });
  const files = inFolder();
  const saved = await simulator.save();
  const { options } = readArguments(["--world", files("saved.json", JSON.stringify(saved))]);
  expect(options.savedWorld).toEqual(JSON.parse(JSON.stringify(saved)));
  const reported = async (text: string, option = "--world") =>
    (await run("simulate", option, files("bad.json", text))).reported;
  expect(await reported("{")).toMatch(/^simulate: --world \S+bad\.json is not JSON$/);
  expect(await reported('{ "pool": [] }')).toMatch(/bad\.json\.pool is unknown; use one of account, /);
  expect(await reported('{ "format": "sfc-simulator-world" }')).toMatch(/bad\.json has version undefined/);
  expect(await reported("{}", "--state")).toMatch(
    /bad\.json is not a saved world, and would be overwritten at the end$/,
  );
  expect((await run("simulate", "--world", "missing.json")).reported).toContain(
    "--world missing.json cannot be read (ENOENT)",
  );
});

test("--state continues the world that was saved at the end, and leaves no temporary file", async () => {
  const file = join(dirname(inFolder()("other", "")), "state.json");
  const first = await simulate("--state", file, "--clock", "virtual", "--control", "--json");
  const { control } = JSON.parse(first.lines[0] ?? "") as { control: string };
  expect(control).toBe(`${first.url}/_simulator`);
  const sfc = (baseUrl: string) => new SfcClient({ baseUrl, token: "sk_live_any" });
  const made = await sfc(first.url).pools.create({ workspace: "sfc:workspace:acme:default", name: "mine" });
  first.child.kill("SIGINT");
  expect(await once(first.child, "exit")).toEqual([0, null]);
  const second = await simulate("--state", file);
  expect((await sfc(second.url).pools.get("sfc:pool:acme:default:mine")).id).toBe(made.id);
  expect(readdirSync(dirname(file)).sort()).toEqual(["other", "state.json"]);
});

test("a state that cannot be saved ends the command with 1 and does not change the previous file", () => {
  const file = inFolder()("state.json", "former");
  expect(() => writeWorldFile(join(file, "below"), {} as never)).toThrow(/could not be saved in \S+below \(ENOTDIR\)/);
  expect(readFileSync(file, "utf8")).toBe("former");
});

/** Writes files into a temporary folder of the test. */
function inFolder() {
  const folder = mkdtempSync(join(tmpdir(), "sfc-simulate-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
}

const taken = (port: string) =>
  `cannot listen on 127.0.0.1:${port}: another program listens there (EADDRINUSE). Choose another port.`;

test.each(["simulate", "mock"])("%s on a port in use ends with one line", async (name) => {
  const simulator = await startSimulator();
  onTestFinished(() => simulator.close());
  const { port } = new URL(simulator.url);
  expect(await run(name, "--port", port)).toEqual({ code: 1, printed: "", reported: `${name}: ${taken(port)}` });
});

test("npm run mock on a port in use ends with one line", async () => {
  const simulator = await startSimulator();
  onTestFinished(() => simulator.close());
  const { port } = new URL(simulator.url);
  const script = fileURLToPath(new URL("../../scripts/mock.ts", import.meta.url));
  const env = { ...process.env, PORT: port };
  const run = spawnSync(process.execPath, ["--import", "tsx", script], { encoding: "utf8", env });
  expect([run.status, run.stdout, run.stderr]).toEqual([1, "", `mock: ${taken(port)}\n`]);
});

test.each([
  [["simulate", "--port", "many"], '--port: "many" is not a port number', "simulate [options]"],
  [["simulate", "--prot", "1"], "--prot", "simulate [options]"],
  [["simulate", "--clock", "fast"], '--clock: "fast" must be wall or virtual', "simulate [options]"],
  [["simulate", "--speed", "0"], '--speed: "0" is not a positive number', "simulate [options]"],
  [
    ["simulate", "--speed", "2", "--clock", "virtual"],
    "--speed cannot be combined with --clock virtual",
    "simulate [options]",
  ],
  [["simulate", "--token", "a b"], "--token must be visible ASCII", "simulate [options]"],
  [["mock", "--seed", "a"], "--seed", "mock [options]"],
  [["imitate"], '"imitate" is not a command', "<command> [options]"],
  [[], "", "<command> [options]"],
])("invalid arguments end a command with a message and the usage: %j", async (args, message, usage) => {
  const { code, printed, reported } = await run(...args);
  expect([code, printed]).toEqual([1, ""]);
  expect(reported).toContain(message);
  expect(reported).toContain(`Usage: sfc-preview-devtools ${usage}`);
});

test("--help lists the commands and the options of each command, and --version prints the version of the package", async () => {
  expect((await run("--help")).printed).toMatch(/simulate .*\n.*mock /);
  expect((await run("simulate", "--help")).printed).toMatch(/^Usage: sfc-preview-devtools simulate.*--port N/s);
  expect((await run("mock", "--port", "1", "--help")).printed).toMatch(/^Usage: sfc-preview-devtools mock/);
  expect(await run("--version")).toEqual({ code: 0, printed: version, reported: "" });
  expect(await run("simulate", "--version")).toEqual({ code: 0, printed: version, reported: "" });
});

test("SIGTERM ends it in the middle of a response", async () => {
  const { child, url } = plain;
  // This connection has sent half a request.
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.write("POST /preview/v2/orders HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\n{");
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
  socket.destroy();
});
