// @filename: types.ts
/** The bodies of the eleven calls, typed by hand, with the members that these programs use. */
export interface Page<Item> {
  object: "list";
  data: Item[];
  has_more: boolean;
  cursor?: string | null;
}

interface Named {
  id: string;
  name: string;
}

export type InstanceStatus = "awaiting_allocation" | "running" | "terminated" | "failed";
export type Priority = "yield" | "normal" | "critical";
export type Tags = Record<string, string>;

export interface Instance extends Named {
  object: "instance";
  resource_path: string;
  owner: string;
  workspace: string;
  workspace_id: string;
  status: InstanceStatus;
  instance_sku: { object: "instance_sku"; id: string; alias: string };
  capacity: Named;
  pool: Named;
  created_at: number;
  updated_at: number;
  image: Named;
  managed_by?: (Named & { object: string }) | null;
  cloud_init_user_data_used: boolean;
  cloud_init_user_data?: string;
  enable_public_ipv4?: boolean;
  public_ip?: string;
  firewall?: string | null;
  tags?: Tags | null;
  expected_shutdown_at?: number | null;
  priority_level?: Priority | null;
}

export interface InstanceCreate {
  name?: string | null;
  pool: string;
  image: string;
  instance_sku: string;
  cloud_init_user_data?: string;
  enable_public_ipv4?: boolean;
  firewall?: string | null;
  tags?: Tags | null;
  priority_level?: Priority | null;
}

export interface InstanceUpdate {
  name?: string | null;
  tags?: Tags | null;
  priority_level?: Priority | null;
}

export interface InstanceReplace {
  image: string;
  name?: string | null;
  cloud_init_user_data?: string;
}

export interface Schedule {
  start_at: number;
  end_at: number;
  node_count: number;
}

export interface OrderCreate {
  pool: string;
  side: "buy" | "sell";
  allow_standing?: boolean;
  allow_partial?: boolean;
  instance_sku: string;
  allocation_schedule_delta: Schedule[];
  limit_price_dollars_per_node_hour: string;
}

export interface Order {
  object: "order";
  id: string;
  capacity: Named;
  pool: Named;
  side: "buy" | "sell";
  allow_standing: boolean;
  allow_partial: boolean;
  instance_sku: { object: "instance_sku"; id: string; alias: string };
  allocation_schedule_delta: Schedule[];
  filled_allocation_schedule_delta: Schedule[];
  limit_price_dollars_per_node_hour: string;
  status: "pending" | "partially_filled" | "standing" | "filled" | "cancelled" | "rejected";
  created_at: number;
  created_by: { id: string; type: string; email?: string };
  filled_at?: number | null;
  filled_average_price_dollars_per_node_hour?: string | null;
  fills: { id: string; node_count: number; dollars_per_node_hour: string }[];
  cancelled_at?: number | null;
}

export interface Pool extends Named {
  object: "pool";
  resource_path: string;
  owner: string;
  workspace: string;
  workspace_id: string;
  created_at: number;
  updated_at: number;
  tags?: Tags | null;
}

// @filename: client.ts
/** The code that a careful developer writes by hand: the token, JSON in requests and responses, and an error for each error status. Nothing else. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    readonly body: string,
  ) {
    super(`The service returned ${status}.`);
  }
}

export interface Input {
  query?: Record<string, string | number | readonly string[] | undefined>;
  body?: unknown;
  key?: string;
}

export type Send = <T>(method: string, path: string, input?: Input) => Promise<T>;

export function createClient(baseUrl: string, token: string): Send {
  return async <T>(method: string, path: string, { query, body, key }: Input = {}): Promise<T> => {
    const headers: Record<string, string> = { accept: "application/json", authorization: `Bearer ${token}` };
    if (body !== undefined) headers["content-type"] = "application/json";
    if (key !== undefined) headers["idempotency-key"] = key;
    const response = await fetch(baseUrl + path + (query ? `?${buildQuery(query)}` : ""), {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new HttpError(response.status, await response.text());
    return (await response.json()) as T;
  };
}

function buildQuery(query: NonNullable<Input["query"]>): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) parts.push(`${name}=${encodeURIComponent(one)}`);
  }
  return parts.join("&");
}

// @filename: whole.ts
export * from "./client.js";

// @filename: one-resource.ts
import { createClient } from "./client.js";
import type { Instance, InstanceCreate, Page } from "./types.js";

const send = createClient("https://api.sfcompute.com", "token");

export const list = (limit: number) => send<Page<Instance>>("GET", "/preview/v2/instances", { query: { limit } });
export const create = (body: InstanceCreate) => send<Instance>("POST", "/preview/v2/instances", { body });

// @filename: small.ts
import { createClient } from "./client.js";
import type { Instance, Order, OrderCreate, Page } from "./types.js";

const send = createClient("https://api.sfcompute.com", "token");

export async function names(): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const query = { status: ["running"], limit: 200, starting_after: cursor };
    const page = await send<Page<Instance>>("GET", "/preview/v2/instances", { query });
    for (const { name, status } of page.data) found.push(`${name} ${status}`);
    cursor = page.has_more ? (page.cursor ?? undefined) : undefined;
  } while (cursor !== undefined);
  return found;
}

export async function buy(body: OrderCreate, key: string): Promise<string> {
  const order = await send<Order>("POST", "/preview/v2/orders", { body, key });
  return `${order.id} ${order.status}`;
}

// @filename: eleven.ts
import { createClient } from "./client.js";
import type {
  Instance,
  InstanceCreate,
  InstanceReplace,
  InstanceUpdate,
  Order,
  OrderCreate,
  Page,
  Pool,
} from "./types.js";

const send = createClient("https://api.sfcompute.com", "token");
const instances = "/preview/v2/instances";
const orders = "/preview/v2/orders";
const pools = "/preview/v2/pools";

export async function eleven(make: InstanceCreate, change: InstanceUpdate, anew: InstanceReplace, wanted: OrderCreate) {
  const page = await send<Page<Instance>>("GET", instances, { query: { status: ["running"] } });
  const made = await send<Instance>("POST", instances, { body: make });
  const id = encodeURIComponent(made.id);
  const read = await send<Instance>("GET", `${instances}/${id}`);
  const changed = await send<Instance>("PATCH", `${instances}/${id}`, { body: change });
  const replaced = await send<Instance>("POST", `${instances}/${id}/replace`, { body: anew, key: "redeploy-1" });
  const ended = await send<Instance>("POST", `${instances}/${id}/terminate`);
  const placed = await send<Order>("POST", orders, { body: wanted, key: "order-1" });
  const order = await send<Order>("GET", `${orders}/${encodeURIComponent(placed.id)}`);
  const book = await send<Page<Order>>("GET", orders, { query: { limit: 10 } });
  const held = await send<Page<Pool>>("GET", pools);
  const pool = await send<Pool>("GET", `${pools}/${encodeURIComponent(made.pool.id)}`);
  const texts = [read.name, changed.priority_level, replaced.image.id, ended.status, order.status, pool.resource_path];
  return [...texts, ...page.data.map(({ name }) => name), ...book.data.map(({ id }) => id), held.data.length];
}

// @filename: calls.ts
import type { Calls, Connect } from "../../contenders.js";
import { order, query } from "../../workers/bodies.js";
import { createClient } from "./client.js";
import type { Instance, Order, Page } from "./types.js";

export const connect: Connect = (baseUrl, token) => callsWith(createClient(baseUrl, token));

export function callsWith(send: ReturnType<typeof createClient>): Calls {
  const create = (key: string) => send<Order>("POST", "/preview/v2/orders", { body: order, key });
  return {
    list: () => send<Page<Instance>>("GET", "/preview/v2/instances", { query }),
    create,
    createWithFreshKey: () => create(crypto.randomUUID()),
    async walk(onRow) {
      let cursor: string | undefined;
      do {
        const next = cursor === undefined ? query : { ...query, starting_after: cursor };
        const page = await send<Page<Instance>>("GET", "/preview/v2/instances", { query: next });
        for (const row of page.data) onRow(row);
        cursor = page.has_more ? (page.cursor ?? undefined) : undefined;
      } while (cursor !== undefined);
    },
  };
}
