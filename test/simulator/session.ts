import { onTestFinished } from "vitest";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../packages/devtools/src/simulator.js";
import { violation } from "./checked.js";

// biome-ignore lint/suspicious/noExplicitAny: replies are checked against the description, so tests read them without types
type Body = any;

export interface Reply {
  readonly status: number;
  readonly body: Body;
  readonly headers: Headers;
}

export interface CallOptions {
  readonly key?: string;
  readonly token?: string;
}

/** Starts a simulator for one test, with functions for plain requests. Each reply is checked against the description. */
export interface Session {
  readonly sim: Simulator;
  get(path: string, options?: CallOptions): Promise<Reply>;
  post(path: string, body?: unknown, options?: CallOptions): Promise<Reply>;
  patch(path: string, body: unknown, options?: CallOptions): Promise<Reply>;
  put(path: string, body: unknown, options?: CallOptions): Promise<Reply>;
  delete(path: string, options?: CallOptions): Promise<Reply>;
  /** The ids in the default world, by name or alias. */
  pool(name: string): string;
  sku(alias: string): string;
  image(name: string): string;
  workspace(name: string): string;
  /** Unix seconds on a whole minute, the given number of hours from now. */
  hour(fromNow: number): number;
}

const prefix = "/preview/v2";

export async function session(options: SimulatorOptions = {}): Promise<Session> {
  const sim = await startSimulator(options);
  onTestFinished(() => sim.close());
  const call = (method: string, path: string, body?: unknown, choice: CallOptions = {}) =>
    request(sim, method, path, body, choice);
  return {
    sim,
    get: (path, choice) => call("GET", path, undefined, choice),
    post: (path, body, choice) => call("POST", path, body, choice),
    patch: (path, body, choice) => call("PATCH", path, body, choice),
    put: (path, body, choice) => call("PUT", path, body, choice),
    delete: (path, choice) => call("DELETE", path, undefined, choice),
    pool: (name) => idOf(sim.state.pools, name),
    sku: (alias) => sim.state.instanceSkus.find((sku) => sku.alias === alias)?.id ?? missing(alias),
    image: (name) => idOf(sim.state.images, name),
    workspace: (name) => idOf(sim.state.workspaces, name),
    hour: (fromNow) => Math.floor(sim.now.getTime() / 60_000) * 60 + fromNow * 3600,
  };
}

function idOf(rows: readonly { id: string; name: string }[], name: string): string {
  return rows.find((row) => row.name === name)?.id ?? missing(name);
}

function missing(name: string): never {
  throw new Error(`the world has no ${name}`);
}

async function request(
  sim: Simulator,
  method: string,
  path: string,
  body: unknown,
  choice: CallOptions,
): Promise<Reply> {
  const response = await fetch(sim.url + prefix + path, {
    method,
    headers: {
      authorization: `Bearer ${choice.token ?? sim.token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(choice.key === undefined ? {} : { "idempotency-key": choice.key }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const wrong = violation(method, new URL(response.url).pathname, response.status, text);
  if (wrong !== undefined) throw new Error(wrong);
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text), headers: response.headers };
}

/** The body of a small order. Its members can be replaced. */
export function orderBody(s: Session, change: object = {}) {
  return {
    pool: s.pool("main"),
    side: "buy",
    instance_sku: s.sku("richmond"),
    allocation_schedule_delta: [{ start_at: s.hour(1), end_at: s.hour(3), node_count: 2 }],
    limit_price_dollars_per_node_hour: "17.0",
    ...change,
  };
}

/** A `#cloud-config` script: without a startup script, an instance has no SSH. */
export const script = { cloud_init_user_data: "I2Nsb3VkLWNvbmZpZwo=" };

/** The body of an instance on the pool `main`. */
export function instanceBody(s: Session, change: object = {}) {
  return { pool: s.pool("main"), instance_sku: s.sku("richmond"), image: s.image("trainer"), ...change };
}
