import { createClient } from "./client.js";
import type { Instance, InstanceCreate, Page } from "./types.js";

const send = createClient("https://api.sfcompute.com", "token");

export const list = (status: string[]) => send<Page<Instance>>("GET", "/preview/v2/instances", { query: { status } });
export const create = (body: InstanceCreate) => send<Instance>("POST", "/preview/v2/instances", { body });
