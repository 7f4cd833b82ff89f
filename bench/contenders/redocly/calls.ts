import type { Connect } from "../../calls.js";
import { order, query } from "../bodies.js";
import { configure, create_order, list_instances } from "./client.js";

export const connect: Connect = (serverUrl, bearer) => {
  configure({ serverUrl, auth: { bearer } });
  const create = (key: string) => create_order({ headers: { "Idempotency-Key": key }, body: order });
  return {
    list: () => list_instances({ query }),
    create,
    createWithFreshKey: () => create(crypto.randomUUID()),
    async walk(onRow) {
      let cursor: string | undefined;
      do {
        const next = cursor === undefined ? query : { ...query, starting_after: cursor };
        const page = await list_instances({ query: next });
        for (const row of page.data) onRow(row);
        cursor = page.has_more ? (page.cursor ?? undefined) : undefined;
      } while (cursor !== undefined);
    },
  };
};
