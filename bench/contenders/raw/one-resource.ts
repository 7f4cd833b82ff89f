import { createClient } from "./client.js";
import type { Instance, InstanceCreate, Page } from "./types.js";

const send = createClient("https://api.sfcompute.com", "token");

export const list = (limit: number) => send<Page<Instance>>("GET", "/preview/v2/instances", { query: { limit } });
export const create = (body: InstanceCreate) => send<Instance>("POST", "/preview/v2/instances", { body });
