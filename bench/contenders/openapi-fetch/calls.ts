import createClient from "openapi-fetch";
import type { Connect } from "../../calls.js";
import { order, query } from "../bodies.js";
import type { paths } from "./schema.js";

export const connect: Connect = (baseUrl, token) => {
  const client = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${token}` } });
  const create = async (key: string) => {
    const params = { header: { "Idempotency-Key": key } };
    return checked(await client.POST("/preview/v2/orders", { params, body: order }));
  };
  return {
    list: async () => checked(await client.GET("/preview/v2/instances", { params: { query } })),
    create,
    createWithFreshKey: () => create(crypto.randomUUID()),
    async walk(onRow) {
      let cursor: string | undefined;
      do {
        const next = cursor === undefined ? query : { ...query, starting_after: cursor };
        const page = checked(await client.GET("/preview/v2/instances", { params: { query: next } }));
        for (const row of page.data) onRow(row);
        cursor = page.has_more ? (page.cursor ?? undefined) : undefined;
      } while (cursor !== undefined);
    },
  };
};

function checked<T>({ data, response }: { data?: T; response: Response }): T {
  if (data === undefined) throw new Error(`The service answered ${response.status}.`);
  return data;
}
