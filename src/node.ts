export { createNodeFetch, type NodeAgent, type NodeFetch, type NodeFetchOptions } from "./node/node-fetch.js";
