import { formatDollars } from "./money.js";
import { presentDeployment } from "./resources/deployments.js";
import { presentGrant } from "./resources/grants.js";
import { presentImage } from "./resources/image-answer.js";
import { presentInstance } from "./resources/instance-answer.js";
import { presentSku } from "./resources/instance-skus.js";
import { presentTemplate } from "./resources/instance-templates.js";
import { presentOrder } from "./resources/order-answer.js";
import { isOwn } from "./resources/orders.js";
import { presentTransfer } from "./resources/pool-transfers.js";
import { presentPool } from "./resources/pools.js";
import { presentProcurement } from "./resources/procurements.js";
import { presentRole } from "./resources/roles.js";
import { presentUser } from "./resources/users.js";
import { presentWorkspace } from "./resources/workspaces.js";
import type { Simulation } from "./simulation.js";
import type { Types } from "./wire.js";

/**
 * What has been committed, oldest first, in the shapes of the API. Every read is a fresh copy: changing it changes nothing.
 * Unlike the API's lists these hide nothing: public images and the orders of procurements are among them.
 */
export interface SimulatorState {
  readonly workspaces: readonly Types.Workspace[];
  readonly users: readonly Types.User[];
  readonly instanceSkus: readonly Types.InstanceSku[];
  readonly pools: readonly Types.Pool[];
  readonly images: readonly Types.Image[];
  readonly instanceTemplates: readonly Types.InstanceTemplate[];
  /** With `cloud_init_user_data`. */
  readonly instances: readonly Types.Instance[];
  readonly orders: readonly Types.Order[];
  readonly poolTransfers: readonly Types.PoolTransfer[];
  readonly procurements: readonly Types.Procurement[];
  readonly deployments: readonly Types.Deployment[];
  readonly roles: readonly Types.Role[];
  readonly grants: readonly Types.Grant[];
  /** Dollars as decimal strings; their sum never changes. */
  readonly balances: { readonly account: string; readonly market: string; readonly fees: string };
}

/** `refresh` runs before each read, so that time that follows the wall clock is up to date. */
export function viewOf(sim: Simulation, refresh: () => void): SimulatorState {
  const { store, ledger } = sim;
  const view = {
    workspaces: () => store.workspaces.all().map(presentWorkspace),
    users: () => store.users.all().map(presentUser),
    instanceSkus: () => store.skus.all().map(presentSku),
    pools: () => store.pools.all().map((row) => presentPool(sim, row)),
    images: () => store.images.all().map((row) => presentImage(sim, row)),
    instanceTemplates: () => store.templates.all().map((row) => presentTemplate(sim, row)),
    instances: () =>
      store.instances.all().map((row) => presentInstance(sim, row, { include: ["cloud_init_user_data"] })),
    orders: () =>
      store.orders
        .all()
        .filter(isOwn)
        .map((row) => presentOrder(sim, row)),
    poolTransfers: () => store.transfers.all().map((row) => presentTransfer(sim, row)),
    procurements: () => store.procurements.all().map((row) => presentProcurement(sim, row)),
    deployments: () => store.deployments.all().map((row) => presentDeployment(sim, row)),
    roles: () => store.roles.all().map(presentRole),
    grants: () => store.grants.all().map((row) => presentGrant(sim, row)),
    balances: () => ({
      account: formatDollars(ledger.balance("account")),
      market: formatDollars(ledger.balance("market")),
      fees: formatDollars(ledger.balance("fees")),
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
