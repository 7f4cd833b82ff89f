import type {
  DeploymentRow,
  FirewallRow,
  FlagRow,
  GrantRow,
  ImageRow,
  InstanceRow,
  OrderRow,
  PoolRow,
  ProcurementRow,
  RoleRow,
  SkuRow,
  TemplateRow,
  TradeRow,
  TransferRow,
  UserRow,
  WorkspaceRow,
} from "./rows.js";
import { NamedTable, type Row, Table } from "./table.js";

/** Everything the simulator remembers. */
export class Store {
  readonly workspaces: NamedTable<WorkspaceRow> = new NamedTable();
  readonly users: Table<UserRow> = new Table();
  readonly skus: Table<SkuRow> = new Table();
  readonly pools: NamedTable<PoolRow> = new NamedTable();
  readonly images: NamedTable<ImageRow> = new NamedTable();
  readonly templates: NamedTable<TemplateRow> = new NamedTable();
  readonly instances: NamedTable<InstanceRow> = new NamedTable();
  readonly orders: Table<OrderRow> = new Table();
  readonly trades: Table<TradeRow> = new Table();
  readonly transfers: Table<TransferRow> = new Table();
  readonly procurements: NamedTable<ProcurementRow> = new NamedTable();
  readonly deployments: NamedTable<DeploymentRow> = new NamedTable();
  readonly roles: NamedTable<RoleRow> = new NamedTable();
  readonly grants: Table<GrantRow> = new Table();
  readonly flags: Table<FlagRow> = new Table();
  readonly firewalls: NamedTable<FirewallRow> = new NamedTable();
  #seq = 0;

  /** A copy that later changes do not reach. */
  copy(): Store {
    const copy = new Store();
    for (const [name, table] of Object.entries(this) as [keyof Store, Table<Row>][])
      (copy[name] as unknown as Table<Row>).fill(table);
    copy.#seq = this.#seq;
    return copy;
  }

  /** The next creation number, over all tables. */
  nextSeq(): number {
    this.#seq += 1;
    return this.#seq;
  }
}
