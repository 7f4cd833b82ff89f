import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

const client = createClient<paths>({
  baseUrl: "https://api.sfcompute.com",
  headers: { authorization: "Bearer token" },
});

export const list = (limit: number) => client.GET("/preview/v2/instances", { params: { query: { limit } } });
export const create = (body: components["schemas"]["CreateInstanceRequest"]) =>
  client.POST("/preview/v2/instances", { body });
