import { type CreateInstanceRequest, configure, create_instance, list_instances } from "./client.js";

configure({ auth: { bearer: "token" } });

export const list = (limit: number) => list_instances({ query: { limit } });
export const create = (body: CreateInstanceRequest) => create_instance({ body });
