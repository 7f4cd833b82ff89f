export { createNodeFetch } from "./node/node-fetch.js";
export type { NodeFetch, NodeFetchOptions } from "./node/options.js";
