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
import { NamedTable, Table } from "./table.js";

/** Everything the simulator remembers. */
export class Store {
  readonly workspaces = new NamedTable<WorkspaceRow>();
  readonly users = new Table<UserRow>();
  readonly skus = new Table<SkuRow>();
  readonly pools = new NamedTable<PoolRow>();
  readonly images = new NamedTable<ImageRow>();
  readonly templates = new NamedTable<TemplateRow>();
  readonly instances = new NamedTable<InstanceRow>();
  readonly orders = new Table<OrderRow>();
  readonly trades = new Table<TradeRow>();
  readonly transfers = new Table<TransferRow>();
  readonly procurements = new NamedTable<ProcurementRow>();
  readonly deployments = new NamedTable<DeploymentRow>();
  readonly roles = new NamedTable<RoleRow>();
  readonly grants = new Table<GrantRow>();
  readonly flags = new Table<FlagRow>();
  readonly firewalls = new NamedTable<FirewallRow>();
  #seq = 0;

  /** The next creation number, over all tables. */
  nextSeq(): number {
    this.#seq += 1;
    return this.#seq;
  }
}
