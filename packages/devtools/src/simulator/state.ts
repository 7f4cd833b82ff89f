import type { Types } from "./http/api-types.js";
import { formatDollars } from "./market/money.js";
import { presentImage } from "./resources/images/present-image.js";
import { presentSku } from "./resources/instances/instance-skus.js";
import { presentTemplate } from "./resources/instances/instance-templates.js";
import { presentInstance } from "./resources/instances/present-instance.js";
import { presentDeployment } from "./resources/market/deployments.js";
import { isOwn } from "./resources/market/orders.js";
import { presentTransfer } from "./resources/market/pool-transfers.js";
import { presentPool } from "./resources/market/pools.js";
import { presentOrder } from "./resources/market/present-order.js";
import { presentProcurement } from "./resources/market/procurements.js";
import { presentGrant } from "./resources/organization/grants.js";
import { presentRole } from "./resources/organization/roles.js";
import { presentUser } from "./resources/organization/users.js";
import { presentWorkspace } from "./resources/organization/workspaces.js";
import type { Simulation } from "./simulation.js";

/**
 * The committed state, oldest first, in the API's format. Every read returns a copy.
 * Unlike the API's lists, these lists include public images and the orders of procurements.
 */
export interface SimulatorState {
  readonly workspaces: readonly Types.Workspace[];
  readonly users: readonly Types.User[];
  readonly instanceSkus: readonly Types.InstanceSku[];
  readonly pools: readonly Types.Pool[];
  readonly images: readonly Types.Image[];
  readonly instanceTemplates: readonly Types.InstanceTemplate[];
  /** The instances, including their `cloud_init_user_data`. */
  readonly instances: readonly Types.Instance[];
  readonly orders: readonly Types.Order[];
  readonly poolTransfers: readonly Types.PoolTransfer[];
  readonly procurements: readonly Types.Procurement[];
  readonly deployments: readonly Types.Deployment[];
  readonly roles: readonly Types.Role[];
  readonly grants: readonly Types.Grant[];
  /** Dollars as decimal strings. Their sum never changes. */
  readonly balances: { readonly account: string; readonly market: string; readonly fees: string };
}

/** Creates the view. `refresh` is called before each read, to update a simulated time that follows the wall clock. */
export function createStateView(sim: Simulation, refresh: () => void): SimulatorState {
  const view = {
    workspaces: () => sim.store.workspaces.all().map(presentWorkspace),
    users: () => sim.store.users.all().map(presentUser),
    instanceSkus: () => sim.store.skus.all().map(presentSku),
    pools: () => sim.store.pools.all().map((row) => presentPool(sim, row)),
    images: () => sim.store.images.all().map((row) => presentImage(sim, row)),
    instanceTemplates: () => sim.store.templates.all().map((row) => presentTemplate(sim, row)),
    instances: () =>
      sim.store.instances.all().map((row) => presentInstance(sim, row, { include: ["cloud_init_user_data"] })),
    orders: () =>
      sim.store.orders
        .all()
        .filter(isOwn)
        .map((row) => presentOrder(sim, row)),
    poolTransfers: () => sim.store.transfers.all().map((row) => presentTransfer(sim, row)),
    procurements: () => sim.store.procurements.all().map((row) => presentProcurement(sim, row)),
    deployments: () => sim.store.deployments.all().map((row) => presentDeployment(sim, row)),
    roles: () => sim.store.roles.all().map(presentRole),
    grants: () => sim.store.grants.all().map((row) => presentGrant(sim, row)),
    balances: () => ({
      account: formatDollars(sim.ledger.balance("account")),
      market: formatDollars(sim.ledger.balance("market")),
      fees: formatDollars(sim.ledger.balance("fees")),
    }),
  };
  const state = {};
  for (const [name, read] of Object.entries(view)) {
    Object.defineProperty(state, name, {
      enumerable: true,
      get: () => {
        refresh();
        return read();
      },
    });
  }
  return state as SimulatorState;
}
