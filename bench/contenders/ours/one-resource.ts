import { createCaller, type InstanceCreate, Instances } from "sfc-preview-sdk";

const instances = new Instances(createCaller({ token: "token" }));

export const list = (limit: number) => instances.list({ limit });
export const create = (body: InstanceCreate) => instances.create(body);
