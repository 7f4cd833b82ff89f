import { createNodeFetch } from "../../src/node.js";

/* Replaces the global fetch, which is the default of clients, by the fetch over node:http. */
const fetch = createNodeFetch();
const { fetch: global } = globalThis;
globalThis.fetch = (input, init) =>
  input instanceof Request ? global(input, init) : fetch(String(input), init as RequestInit);
