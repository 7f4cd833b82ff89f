/** `npm run bench:simulator [-- CALLS]` measures the memory of a simulator while it serves calls, 50,000 by default. The memory must not grow. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Simulator, startSimulator } from "../packages/devtools/src/simulator.js";
import { markdownTable } from "./table.js";

const calls = Number(process.argv[2] ?? 50_000);
const parts = 10;
let skuId: string | undefined;
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const simulator = await startSimulator();
const perRound = makeRound(simulator).length;
const rows: string[][] = [];
const columns = ["calls", "heap, MiB", "process, MiB", "requests kept"];
for (let part = 0; part <= parts; part++) {
  const until = Math.round((calls * part) / parts);
  while (done() < until) for (const call of makeRound(simulator)) await call();
  collectGarbage();
  const { heapUsed, rss } = process.memoryUsage();
  const row = [String(done()), mebibytes(heapUsed), mebibytes(rss), String(simulator.requests.length)];
  console.error(row.join("  "));
  rows.push(row);
}
await simulator.close();
console.log(markdownTable(columns, rows));
console.log(
  `\nEach round of ${perRound} calls: reads, a preview, an error, and a pool and an instance that are created and deleted.`,
);

function done(): number {
  return simulator.requests.at(-1)?.number ?? 0;
}

/** Reads and writes that leave the simulated world unchanged. */
function makeRound({ url, token, state }: Simulator): (() => Promise<unknown>)[] {
  const send = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${url}/preview/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return text === "" ? undefined : (JSON.parse(text) as { id: string });
  };
  const workspace = "sfc:workspace:acme:default";
  const main = "sfc:pool:acme:default:main";
  const preview = {
    side: "buy",
    pool: main,
    start_at: 1_785_229_200,
    duration_seconds: 3600,
    node_count: 1,
    requirements: {},
  };
  const instance = { pool: main, instance_sku: sku(state), image: "sfc:image:acme:default:trainer" };
  let pool: string | undefined;
  let created: string | undefined;
  return [
    () => send("GET", "/me"),
    () => send("GET", "/pools?limit=200"),
    () => send("GET", "/orders"),
    () => send("POST", "/order_preview", preview),
    () => send("GET", "/instances/inst_unknown"),
    async () => {
      pool = (await send("POST", "/pools", { workspace }))?.id;
    },
    () => send("DELETE", `/pools/${pool}`),
    async () => {
      created = (await send("POST", "/instances", instance))?.id;
    },
    () => send("POST", `/instances/${created}/terminate`),
    () => send("DELETE", `/instances/${created}`),
  ];
}

function sku(state: Simulator["state"]): string {
  skuId ??= state.instanceSkus[0]?.id;
  return skuId ?? "";
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
