import {
  type DeploymentRow,
  type FirewallRow,
  type FlagRow,
  type GrantRow,
  type ImageRow,
  type InstanceRow,
  isActive,
  isOpen,
  type OrderRow,
  type PoolRow,
  type ProcurementRow,
  type RoleRow,
  type SkuRow,
  type TemplateRow,
  type TradeRow,
  type TransferRow,
  type UserRow,
  type WorkspaceRow,
} from "./rows.js";
import { NamedTable, type Row, Table } from "./table.js";

/** The state of the simulator. */
export class Store {
  readonly workspaces: NamedTable<WorkspaceRow> = new NamedTable();
  readonly users: Table<UserRow> = new Table();
  readonly skus: Table<SkuRow> = new Table();
  readonly pools: NamedTable<PoolRow> = new NamedTable();
  readonly images: NamedTable<ImageRow> = new NamedTable();
  readonly templates: NamedTable<TemplateRow> = new NamedTable();
  readonly instances: NamedTable<InstanceRow> = new NamedTable(isActive);
  readonly orders: Table<OrderRow> = new Table(isOpen);
  readonly trades: Table<TradeRow> = new Table();
  readonly transfers: Table<TransferRow> = new Table(({ status }) => status === "pending");
  readonly procurements: NamedTable<ProcurementRow> = new NamedTable();
  readonly deployments: NamedTable<DeploymentRow> = new NamedTable();
  readonly roles: NamedTable<RoleRow> = new NamedTable();
  readonly grants: Table<GrantRow> = new Table();
  readonly flags: Table<FlagRow> = new Table();
  readonly firewalls: NamedTable<FirewallRow> = new NamedTable();
  #seq = 0;
  #mostRemoved = 1_000;

  /** Returns an independent copy. */
  copy(): Store {
    const copy = new Store();
    for (const [name, table] of this.tables()) (copy[name as keyof Store] as unknown as Table<Row>).fill(table);
    copy.#seq = this.#seq;
    return copy;
  }

  /** Returns the next creation number, which is shared by all tables. */
  nextSeq(): number {
    this.#seq += 1;
    return this.#seq;
  }

  /** The last creation number. */
  get seq(): number {
    return this.#seq;
  }

  /** Lists all tables by name. */
  tables(): [name: string, table: Table<Row>][] {
    return Object.entries(this) as [string, Table<Row>][];
  }

  restore(
    tables: Readonly<Record<string, readonly [rows: readonly Row[], removed: readonly Row[]]>>,
    seq: number,
  ): void {
    for (const [name, table] of this.tables()) table.restore(...(tables[name] ?? [[], []]));
    this.#seq = seq;
  }

  /** Drops removed rows that no other row refers to, once there are many. This limits memory when the simulator runs for days. */
  forgetUnreferenced(): void {
    const tables = this.tables().map(([, table]) => table);
    const removed = () => tables.reduce((total, table) => total + table.removedCount, 0);
    if (removed() < this.#mostRemoved) return;
    const rows = tables.flatMap((table) => [...table.all(), ...table.removed]);
    const referred = new Set<unknown>();
    for (const { id, ...members } of rows) for (const value of Object.values(members)) referred.add(value);
    for (const table of tables) table.keepRemoved((id) => referred.has(id));
    this.#mostRemoved = Math.max(1_000, 2 * removed());
  }
}
