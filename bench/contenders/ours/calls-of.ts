import type { SfcClient } from "sfc-preview-sdk";
import type { Calls } from "../../calls.js";
import { order, query } from "../bodies.js";

export function callsOf(sfc: SfcClient): Calls {
  return {
    list: async () => await sfc.instances.list(query),
    create: (idempotencyKey) => sfc.orders.create(order, { idempotencyKey }),
    createWithFreshKey: () => sfc.orders.create(order),
    async walk(onRow) {
      for await (const row of sfc.instances.list(query)) onRow(row);
    },
    async walkAhead(onRow) {
      for await (const row of sfc.instances.list(query, { lookAhead: true })) onRow(row);
    },
  };
}
