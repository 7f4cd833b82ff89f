import { createCaller, type InstanceCreate, type InstanceStatus, Instances } from "sfc-preview-sdk";

const instances = new Instances(createCaller({ token: "token" }));

export const list = (status: InstanceStatus[]) => instances.list({ status });
export const create = (body: InstanceCreate) => instances.create(body);
