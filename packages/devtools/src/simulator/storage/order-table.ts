import type { OrderRow } from "./rows.js";
import { Table } from "./table.js";

const openStatuses = new Set<OrderRow["status"]>(["pending", "standing", "partially_filled"]);

export function isOpen(order: OrderRow): boolean {
  return openStatuses.has(order.status);
}

/** A table that also lists the open orders, without a scan of the orders that have ended: an automation can place one every simulated minute. */
export class OrderTable extends Table<OrderRow> {
  readonly #open = new Set<OrderRow>();

  override insert(row: OrderRow): OrderRow {
    this.#open.add(row);
    return super.insert(row);
  }

  override remove(row: OrderRow): void {
    this.#open.delete(row);
    super.remove(row);
  }

  /** Returns the open orders, oldest first. No order opens again, so one that has ended is dropped when it is first seen here. */
  open(): OrderRow[] {
    for (const row of this.#open) if (!isOpen(row)) this.#open.delete(row);
    return [...this.#open];
  }
}
