import type { Connect } from "../../calls.js";
import { order, query } from "../bodies.js";
import { createClient } from "./client.js";
import type { Instance, Order, Page } from "./types.js";

export const connect: Connect = (baseUrl, token) => {
  const send = createClient(baseUrl, token);
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
};
