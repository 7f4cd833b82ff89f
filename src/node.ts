export { createNodeFetch, type NodeFetch, type NodeFetchOptions } from "./node/node-fetch.js";
