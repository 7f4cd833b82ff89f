/**
 * `tsx test/behavior/foreign-client.ts` checks that the client of another generator works against the simulator. Redocly generates a client from
 * `openapi/bundled.json` in a temporary folder. The client then lists, creates, reads pages and receives errors.
 */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { transform } from "esbuild";
import { type Simulator, startSimulator } from "../../packages/devtools/src/simulator.js";
import { runPackage } from "../../scripts/lib/run.js";

type Arguments = { path?: object; query?: object; body?: object; headers?: Record<string, string> };
// biome-ignore lint/suspicious/noExplicitAny: another generator's types; what it returns is checked below
type Operation = (args?: Arguments) => Promise<any>;
/** The parts of the generated module that are used here: one function per operation id. */
type ForeignClient = Record<string, Operation> & { configure(options: object): void };

const description = fileURLToPath(new URL("../../openapi/bundled.json", import.meta.url));

/** Generates the client and runs every case. Returns the names of the cases that passed, and throws when a case fails. */
export async function runForeignClient(): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "sfc-foreign-client-"));
  try {
    const client = await generateClient(folder);
    const passed: string[] = [];
    for (const [name, run] of Object.entries(cases)) {
      await using simulator = await startSimulator();
      client.configure({ serverUrl: simulator.url, auth: { bearer: simulator.token } });
      await run(client, simulator);
      passed.push(name);
    }
    return passed;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function generateClient(folder: string): Promise<ForeignClient> {
  const output = join(folder, "client.ts");
  const args = ["generate-client", description, `--output=${output}`, "--args-style=grouped"];
  const { exitCode, stderr } = await runPackage("@redocly/cli", args, folder);
  if (exitCode !== 0) throw new Error(`redocly generate-client ended with ${exitCode}.\n${stderr}`);
  const { code: script } = await transform(await readFile(output, "utf8"), { loader: "ts", format: "esm" });
  await writeFile(join(folder, "client.mjs"), script);
  return (await import(pathToFileURL(join(folder, "client.mjs")).href)) as ForeignClient;
}

type Case = (client: ForeignClient, simulator: Simulator) => Promise<void>;

const cases: Record<string, Case> = {
  async "lists what the world holds"(client) {
    const { data, has_more } = await call(client, "list_pools");
    assert.deepEqual(
      data.map(({ name }: { name: string }) => name),
      ["notebooks", "spare", "main"],
    );
    assert.equal(has_more, false);
  },

  async "creates, fetches, changes and ends an instance"(client, simulator) {
    const made = await createInstance(client, simulator, { tags: { env: "prod" } });
    assert.equal((await call(client, "fetch_instance", { path: { id: made.id } })).name, made.name);
    await call(client, "update_instance", { path: { id: made.id }, body: { priority_level: "critical" } });
    await call(client, "terminate_instance", { path: { id: made.id } });
    assert.deepEqual(
      simulator.state.instances.map(({ status, priority_level }) => [status, priority_level]),
      [["terminated", "critical"]],
    );
    await call(client, "delete_instance", { path: { id: made.id } });
    assert.deepEqual(simulator.state.instances, []);
  },

  async "pages through a filtered list with cursors"(client, simulator) {
    for (let made = 0; made < 7; made++) await createInstance(client, simulator, { tags: { env: "prod" } });
    const seen: string[] = [];
    let cursor: string | undefined;
    for (let more = true; more; ) {
      const query = { tag: ["env=prod"], limit: 3, ...(cursor === undefined ? {} : { starting_after: cursor }) };
      const page = await call(client, "list_instances", { query });
      seen.push(...page.data.map(({ id }: { id: string }) => id));
      more = page.has_more;
      cursor = page.cursor;
    }
    assert.deepEqual(seen, simulator.state.instances.map(({ id }) => id).reverse());
  },

  async "gets the same order for the same key"(client, simulator) {
    const start = Math.floor(simulator.now.getTime() / 1000) + 3600;
    const order = {
      body: {
        pool: idOf(simulator.state.pools, "main"),
        side: "buy",
        instance_sku: skuOf(simulator),
        allocation_schedule_delta: [{ start_at: start, end_at: start + 3600, node_count: 1 }],
        limit_price_dollars_per_node_hour: "17.000000",
      },
      headers: { "Idempotency-Key": "foreign-1" },
    };
    const first = await call(client, "create_order", order);
    const again = await call(client, "create_order", order);
    assert.equal(again.id, first.id);
    simulator.advance({ seconds: 1 });
    assert.equal((await call(client, "fetch_order", { path: { id: first.id } })).status, "filled");
    assert.equal(simulator.state.orders.length, 1);
  },

  async "meets errors with their status and envelope"(client, simulator) {
    await refused(call(client, "fetch_instance", { path: { id: "inst_nobody" } }), 404, "not_found");
    await refused(createInstance(client, simulator, { image: "image_nobody" }), 422, "unprocessable_entity");
    const { id } = await createInstance(client, simulator, {});
    await refused(call(client, "delete_instance", { path: { id } }), 409, "conflict");
    client.configure({ auth: { bearer: "sk_test_nobody" } });
    await refused(call(client, "getMe"), 401, "authentication_error");
  },
};

function call(client: ForeignClient, operation: string, args?: Arguments) {
  const send = client[operation];
  if (send === undefined) throw new Error(`the generated client has no ${operation}`);
  return send(args);
}

function createInstance(client: ForeignClient, simulator: Simulator, change: object) {
  const body = {
    pool: idOf(simulator.state.pools, "main"),
    instance_sku: skuOf(simulator),
    image: idOf(simulator.state.images, "trainer"),
    ...change,
  };
  return call(client, "create_instance", { body });
}

function idOf(rows: readonly { id: string; name: string }[], name: string): string | undefined {
  return rows.find((row) => row.name === name)?.id;
}

function skuOf({ state }: Simulator): string | undefined {
  return state.instanceSkus.find(({ alias }) => alias === "richmond")?.id;
}

async function refused(response: Promise<unknown>, status: number, type: string): Promise<void> {
  await assert.rejects(response, (error: { status?: number; body?: { error?: { type?: string } } }) => {
    assert.deepEqual([error.status, error.body?.error?.type], [status, type]);
    return true;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of await runForeignClient()) console.log(`ok  ${name}`);
}
