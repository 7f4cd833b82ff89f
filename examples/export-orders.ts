/**
 * Writes all orders to a CSV file, oldest first. It stores its position: after a crash it continues there, and the next run adds only new orders.
 *
 *     SF_API_KEY=… npx tsx examples/export-orders.ts orders.csv
 */
import { open, readFile, writeFile } from "node:fs/promises";
import type { Order, SfcClient } from "../src/index.js";
import { type Say, whenStarted } from "./support/started.js";

/** The number of bytes in the file up to this cursor. */
interface Position {
  readonly cursor: string | undefined;
  readonly bytes: number;
}

const columns = [
  "id",
  "created_at",
  "side",
  "status",
  "pool",
  "instance_sku",
  "nodes",
  "start_at",
  "end_at",
  "limit",
  "average_price",
] as const;

export async function exportOrders(sfc: SfcClient, path: string, say: Say, pageSize = 200): Promise<void> {
  const file = await open(path, "a");
  try {
    let position = await readPosition(path);
    // Rows after the stored position are overwritten, so that no row is written twice.
    await file.truncate(position.bytes);
    if (position.bytes === 0) position = { ...position, bytes: await append(file, `${columns.join(",")}\n`) };
    let bytes = position.bytes;
    let rows = 0;
    const query = {
      sort_by: "created_at",
      limit: pageSize,
      ...(position.cursor && { starting_after: position.cursor }),
    } as const;
    for await (const page of sfc.orders.list(query).pages()) {
      bytes += await append(file, page.data.map(rowOf).join(""));
      rows += page.data.length;
      if (page.cursor !== undefined)
        await writeFile(`${path}.position`, JSON.stringify({ cursor: page.cursor, bytes }));
    }
    say(`${rows} orders written`);
  } finally {
    await file.close();
  }
}

async function readPosition(path: string): Promise<Position> {
  try {
    return JSON.parse(await readFile(`${path}.position`, "utf8")) as Position;
  } catch {
    return { cursor: undefined, bytes: 0 };
  }
}

async function append(file: Awaited<ReturnType<typeof open>>, text: string): Promise<number> {
  await file.appendFile(text);
  await file.sync();
  return Buffer.byteLength(text);
}

function rowOf(order: Order): string {
  const [range] = order.allocation_schedule_delta;
  const values: Record<(typeof columns)[number], string | number> = {
    id: order.id,
    created_at: new Date(order.created_at * 1_000).toISOString(),
    side: order.side,
    status: order.status,
    pool: order.pool.name,
    instance_sku: order.instance_sku.alias ?? order.instance_sku.id,
    nodes: range?.node_count ?? 0,
    start_at: range?.start_at ?? "",
    end_at: range?.end_at ?? "",
    limit: order.limit_price_dollars_per_node_hour,
    average_price: order.filled_average_price_dollars_per_node_hour ?? "",
  };
  return `${columns.map((column) => quoted(String(values[column]))).join(",")}\n`;
}

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

await whenStarted(import.meta.url, (sfc, [path = "orders.csv"], say) => exportOrders(sfc, path, say));
