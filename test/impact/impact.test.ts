import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { runCommandLine } from "../../packages/devtools/src/cli/commands.js";
import { createProgressLine } from "../../packages/devtools/src/cli/progress.js";
import { findImpact, type ImpactOptions } from "../../packages/devtools/src/impact/impact.js";
import { printImpact } from "../../packages/devtools/src/impact/print-impact.js";
import { folder, project, thisRelease, version } from "./projects.js";

/** The tests run compilers, and the machine may be busy. */
const TIME = 120_000;

function find(place: string, to: string, more: Partial<ImpactOptions> = {}) {
  return findImpact({ to, project: place, cwd: place, ...more });
}

/** The parts of 0.1.0 that the project below uses, from before the devtools became a package. */
const BEFORE_DEVTOOLS = version(
  ["index", "paths", "testing/index"],
  {
    "index.d.ts": `export declare class Pools { get(id: string): Promise<{ id: string; name: string }>; }
export declare class SfcClient { readonly pools: Pools; constructor(options?: { baseUrl?: string; token?: string }); }
`,
    "paths.d.ts": "export declare function createPathClient(options?: { token?: string }): object;\n",
    "testing/index.d.ts": `export interface Simulator {
  readonly url: string;
  readonly token: string;
  readonly state: { readonly pools: readonly { readonly id: string }[] };
  readonly faults: { add(rule: { operation: string; fault: { kind: string } }): void };
  advance(span: { minutes: number }): void;
  close(): Promise<void>;
}
export interface RunningServer { readonly url: string; }
export declare function startSimulator(options?: { seed?: string }): Promise<Simulator>;
export declare function startMockServer(): Promise<RunningServer>;
`,
  },
  { bin: { "sfc-preview-sdk": "dist/cli/main.js" } },
);

test(
  "explains every break that is caused by the move of the devtools to their own package",
  () => {
    const place = project(
      {
        "package.json": `{
  "type": "module",
  "scripts": {
    "simulate": "sfc-preview-sdk simulate --port 4010",
    "start": "npx sfc-preview-sdk mock & node src/app.js"
  },
  "dependencies": { "sfc-preview-sdk": "^0.1.0" }
}`,
        "src/app.ts": `import { SfcClient } from "sfc-preview-sdk";
import { createPathClient } from "sfc-preview-sdk/paths";
export const sfc = new SfcClient({ baseUrl: "http://127.0.0.1:1", token: "sk_live_t" });
export const client = createPathClient();
export const name = async (): Promise<string> => (await sfc.pools.get("pool_1")).name;
`,
        "src/app.test.ts": `import { startMockServer, startSimulator, type Simulator } from "sfc-preview-sdk/testing";
let simulator: Simulator;
export async function run(): Promise<string[]> {
  simulator = await startSimulator({ seed: "a" });
  simulator.faults.add({ operation: "list_pools", fault: { kind: "reset" } });
  simulator.advance({ minutes: 1 });
  const mock = await startMockServer();
  return [mock.url, ...simulator.state.pools.map((pool) => pool.id)];
}
`,
      },
      BEFORE_DEVTOOLS,
    );
    const result = find(place, folder(thisRelease()));
    expect(printImpact(result)).toBe(`\`sfc-preview-sdk/testing\`: moved to \`sfc-preview-devtools\`
  Import from \`sfc-preview-devtools\`, and install it: npm install --save-dev sfc-preview-devtools.
    src/app.test.ts:1:65  Cannot find module 'sfc-preview-sdk/testing' or its corresponding type declarations.
    src/app.test.ts:8:51  Parameter 'pool' implicitly has an 'any' type.

\`npx sfc-preview-sdk\`: is gone
  Write \`npx sfc-preview-devtools\`.
    package.json:4:18  The command sfc-preview-sdk does not exist.
    package.json:5:19  The command sfc-preview-sdk does not exist.

4 places in 2 files to change; 2 files checked, 2 of them import the client.
`);
  },
  TIME,
);

const OLDER = version(["index", "workflows"], {
  "index.d.ts": `export interface components { schemas: { OrderResponse: Order; CreateOrder: OrderCreate; Status: OrderStatus } }
export type OrderStatus = "filled" | "pending" | "standing";
export type Order = { id: string; capacity: string; price: string; status: OrderStatus; note: string; place: { zone: string } };
export type OrderCreate = { pool: string; price?: string };
export type OrderSummary = { id: string };
export declare class Orders {
  get(id: string): Promise<Order>;
  fetch(id: string): Promise<Order>;
  create(body: OrderCreate): Promise<Order>;
  cancel(id: string): Promise<void>;
  export(): Promise<string>;
}
export declare class SfcClient { readonly orders: Orders; }
export interface ClientOptions { timeoutMs?: number; verbose?: boolean }
`,
  "workflows.d.ts": `import type { SfcClient } from "./index.js";
export declare function placeOrder(client: SfcClient, options: { key: string }): Promise<string>;
`,
});

const NEWER = version(
  ["index", "workflows"],
  {
    "index.d.ts": `export interface components { schemas: { OrderResponse: Order; CreateOrder: OrderCreate; Status: OrderStatus } }
export type OrderStatus = "filled" | "pending";
export type Order = { id: string; pool: string; price: number; status: OrderStatus; note?: string; place: { region: string } };
export type OrderCreate = { pool: string; price: string; side: "buy" | "sell" };
export declare class Orders {
  get(id: string): Promise<Order>;
  read(id: string): Promise<Order>;
  create(body: OrderCreate): Promise<Order>;
  cancel(id: string, reason: string): Promise<void>;
}
export declare class SfcClient { readonly orders: Orders; }
export interface ClientOptions { timeoutMs?: number }
`,
    "workflows.d.ts": `import type { SfcClient } from "./index.js";
export declare function placeOrder(client: SfcClient, idempotencyKey: string, options?: { key: string }): Promise<string>;
`,
  },
  { version: "0.2.0" },
);

const USES = `import type { ClientOptions, Order, OrderCreate, OrderSummary, SfcClient } from "sfc-preview-sdk"; // \`OrderSummary\`: is no longer exported by \`sfc-preview-sdk\`
import { placeOrder } from "sfc-preview-sdk/workflows";
export const a = (order: Order): string => order.capacity; // \`Order.capacity\` is gone, see \`pool\`
export const b = (order: Order): string => order.price; // \`Order.price\` is now \`number\` (was \`string\`)
export const c = (order: Order): number => order.note.length; // \`Order.note\` may now be absent
export const d = (order: Order): string => order.place.zone; // \`Order.place.zone\` is gone
export const e = (order: Order): boolean => order.status === "standing"; // \`OrderStatus\`: no longer allows \`"standing"\`
export const f: OrderCreate = { pool: "a", price: "1" }; // \`OrderCreate.side\` is new and required
export const g = async (sfc: SfcClient): Promise<void> => {
  await sfc.orders.fetch("a"); // \`orders.fetch\`: is now \`orders.read\`
  await sfc.orders.export(); // \`orders.export\`: is gone
  await sfc.orders.cancel("a"); // \`orders.cancel\`: is now \`(string, string)\` (was \`(string)\`)
  await placeOrder(sfc, { key: "a" }); // \`placeOrder\`: is now \`(SfcClient, string, ?{…})\` (was \`(SfcClient, {…})\`)
};
export const h: ClientOptions = { verbose: true }; // \`ClientOptions.verbose\` is gone
export const same = (order: Order, summary: OrderSummary): string => \`\${order.id} \${summary.id}\`;
`;

const KNOWN = [
  { version: "0.2.0", from: "Order.capacity", to: "pool" },
  { version: "0.2.0", from: "orders.fetch", to: "orders.read" },
];

test(
  "names exactly the lines that break, each with its cause and its known replacement",
  () => {
    const place = project({ "src/uses.ts": USES }, OLDER);
    const result = find(place, folder(NEWER), { known: KNOWN });
    const expected = USES.split("\n").flatMap((line, index) => {
      const cause = line.split(" // ")[1];
      return cause === undefined ? [] : [`${index + 1}: ${cause}`];
    });
    expect(result.found.map(({ line, cause }) => `${line}: ${cause}`)).toEqual(expected);
    expect([result.from, result.to]).toEqual(["0.1.0", "0.2.0"]);
    const advice = new Map(result.found.map((one) => [one.line, one.advice]));
    expect([advice.get(3), advice.get(10), advice.get(11)]).toEqual([
      "Use `pool`.",
      "Write `orders.read`.",
      "Do without it; nothing takes its place.",
    ]);
    expect(JSON.stringify(result)).not.toMatch(/@shadow|node_modules/);
  },
  TIME,
);

test(
  "reads a tarball, and finds nothing when nothing changed",
  () => {
    const place = project({ "src/uses.ts": USES }, OLDER);
    const packed = folder(Object.fromEntries(Object.entries(OLDER).map(([name, text]) => [`package/${name}`, text])));
    const tarball = join(packed, "client.tgz");
    expect(spawnSync("tar", ["-czf", tarball, "-C", packed, "package"]).status).toBe(0);
    expect(printImpact(find(place, tarball))).toBe(
      "Nothing breaks in this project: 1 file checked, 1 of them imports the client.\n",
    );
  },
  TIME,
);

test(
  "the command prints versions and places, prints no progress into a pipe, and exits with 2",
  async () => {
    const place = project({ "src/a.ts": USES }, OLDER);
    const [printed, reported]: [string[], string[]] = [[], []];
    const terminal = {
      print: (text: string) => void printed.push(text),
      report: (text: string) => void reported.push(text),
    };
    const code = await runCommandLine(["impact", "--to", folder(NEWER), "--project", place], terminal);
    expect(code).toBe(2);
    expect(printed.join("\n")).toMatch(
      /^sfc-preview-sdk 0\.1\.0 -> 0\.2\.0\n\n[\s\S]*src\/a\.ts:3:50 {2}[\s\S]*12 places in 1 file to change/,
    );
    expect(reported).toEqual([]);
  },
  TIME,
);

describe("impact refuses", () => {
  const refused = (files: Record<string, string>, to: string) => () =>
    find(folder({ "package.json": "{}", "tsconfig.json": "{}", ...files }), to);
  const compiler = { "node_modules/typescript/package.json": '{ "main": "index.js" }' };
  const usable = {
    ...compiler,
    "node_modules/typescript/index.js": "exports.createProgram = () => 0; exports.sys = {};",
  };
  const client = { "node_modules/sfc-preview-sdk/package.json": '{ "name": "sfc-preview-sdk" }' };
  const complete = { ...usable, ...client, "node_modules/sfc-preview-sdk/dist/index.d.ts": "" };

  test("a project without TypeScript, or with a TypeScript that has no compiler API", () => {
    expect(refused({}, "0.2.0")).toThrow("This project has no TypeScript.");
    const seven = { ...compiler, "node_modules/typescript/index.js": 'exports.version = "7.0.1";' };
    expect(refused(seven, "0.2.0")).toThrow("TypeScript 7.0.1 has no compiler API");
  });

  test("a project without the client", () => {
    expect(refused(usable, "0.2.0")).toThrow("sfc-preview-sdk is not installed in this project.");
  });

  test("a value that is neither a version nor the path of one", () => {
    expect(refused(complete, "./gone.tgz")).toThrow("There is no such file or folder.");
    expect(refused(complete, "0.2.0; rm")).toThrow("--to 0.2.0; rm\n  It is not a version.");
    expect(refused(complete, folder({ "package.json": '{ "name": "x" }' }))).toThrow(
      "It does not contain sfc-preview-sdk.",
    );
    expect(refused(complete, folder({}))).toThrow("It has no package.json.");
    expect(refused(complete, join(folder({ "a.tgz": "text" }), "a.tgz"))).toThrow("It is not a gzipped tarball.");
  });

  test("a call without a version", async () => {
    const reported: string[] = [];
    const code = await runCommandLine(["impact"], {
      print: () => undefined,
      report: (text) => void reported.push(text),
    });
    expect(code).toBe(1);
    expect(reported[0]).toMatch(/^--to is missing: give a version, a tarball or a folder\n\nUsage: /);
  });
});

test("progress is one line in a terminal, and nothing in a pipe", () => {
  vi.stubEnv("TERM", "xterm");
  const written: string[] = [];
  const output = (isTTY: boolean) => ({ isTTY, write: (text: string) => written.push(text) });
  const quiet = createProgressLine(output(false));
  quiet.show("reading");
  quiet.clear();
  expect(written).toEqual([]);
  const shown = createProgressLine(output(true));
  shown.show("reading");
  shown.clear();
  expect(written.join("")).toBe("\r\u001b[2K  reading …\r\u001b[2K");
});
