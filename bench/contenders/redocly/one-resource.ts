import {
  type CreateInstanceRequest,
  configure,
  create_instance,
  type InstanceStatus,
  list_instances,
} from "./client.js";

configure({ auth: { bearer: "token" } });

export const list = (status: InstanceStatus[]) => list_instances({ query: { status } });
export const create = (body: CreateInstanceRequest) => create_instance({ body });
